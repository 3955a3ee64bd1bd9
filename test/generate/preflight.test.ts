import t from 'tap';
import { kernelFindings } from '../../src/generate/preflight.ts';
import { settingName, sysctlGroups } from '../../src/generate/sysctlSettings.ts';
import { configOf } from '../support/ownRoute.ts';

function configWith(accept: string) {
  return configOf(`
asn: 64500
router-id: 192.0.2.1
prefixes: [203.0.113.0/24]
upstreams: { a: { asn: 64496, address: 192.0.2.10, interface: eth1, accept: ${accept} } }
`);
}

/** A kernel that is as `generate sysctl` writes it, but for these. */
function findings(accept: string, changed: Readonly<Record<string, string>>) {
  const config = configWith(accept);
  const settings = sysctlGroups(config, new Map()).flatMap((group) => group.settings);
  const values = new Map(settings.map((setting) => [settingName(setting), setting.value]));
  for (const [name, value] of Object.entries(changed)) values.set(name, value);
  return kernelFindings(config, new Map(), (path) => values.get(settingName({ path })));
}

const FILTER = 'net.ipv4.conf.eth1.rp_filter';
const ALL = 'net.ipv4.conf.all.rp_filter';

t.test('a kernel as generate sysctl writes it is fine', (t) => {
  for (const accept of ['full', 'default', 'none']) t.same(findings(accept, {}), []);
  t.end();
});

t.test('rp_filter: the greater of all and the link is in force, in all nine pairs', (t) => {
  for (const all of [0, 1, 2]) {
    for (const own of [0, 1, 2]) {
      const found = findings('full', { [ALL]: `${all}`, [FILTER]: `${own}` });
      t.equal(found.length, Math.max(all, own) === 1 ? 1 : 0, `all ${all}, own ${own}`);
      const bare = findings('none', { [ALL]: `${all}`, [FILTER]: `${own}` });
      t.equal(bare.length, Math.max(all, own) > 0 ? 1 : 0, 'without routes loose loses, too');
    }
  }
  t.equal(findings('full', { [ALL]: '1', [FILTER]: '0' })[0]?.mend, `sysctl -w ${FILTER}=2`);
  t.equal(
    findings('none', { [ALL]: '1', [FILTER]: '1' })[0]?.mend,
    `sysctl -w ${ALL}=0 && sysctl -w ${FILTER}=0`,
  );
  t.end();
});

t.test('other settings: what they are, what breaks, the command', (t) => {
  t.same(findings('full', { 'net.ipv4.ip_forward': '0' }), [
    {
      setting: 'net.ipv4.ip_forward',
      cause: 'net.ipv4.ip_forward is 0',
      consequence: 'the machine does not forward: only its own addresses can be reached',
      mend: 'sysctl -w net.ipv4.ip_forward=1',
      loses: true,
    },
  ]);
  t.match(findings('full', { 'net.ipv4.nexthop_compat_mode': '1' }), [{ loses: false }]);
  t.end();
});
