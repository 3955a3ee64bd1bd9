import t from 'tap';
import { loadConfig } from '../../src/config/load.ts';
import { bfdOf } from '../../src/generate/frrBfd.ts';
import { generated } from './intents.ts';

const HEAD = 'asn: 64500\nrouter-id: 192.0.2.1\nprefixes: [203.0.113.0/24]\n';

/** `keys` are those of the upstream a. */
function fileOf(keys: string, more = ''): string {
  return `${HEAD}upstreams: { a: { asn: 64496, address: 198.51.100.1, ${keys} } }\n${more}`;
}

function made(keys: string, more = '') {
  const { config, problems } = loadConfig(fileOf(keys, more), 'x.yaml');
  if (!config) throw new Error(problems[0]?.cause);
  return bfdOf(config);
}

t.test('each neighbour has a profile of its own, and bfdd is started', (t) => {
  const { profiles, losses } = made('bfd: { interval: 500ms, multiplier: 5 }');
  t.same(profiles, [{ name: 'a', address: '198.51.100.1', interval: 500, multiplier: 5 }]);
  t.same(losses, []);
  const { files, notExpressible } = generated(
    'frr',
    fileOf('multihop: 3, interface: eth1, bfd: {}'),
  );
  const [main, , daemons] = files.map(({ content }) => content);
  t.match(main, /^bfd\n profile a\n {2}detect-multiplier 3\n {2}transmit-interval 300\n/m);
  t.match(main, /^ neighbor 198\.51\.100\.1 bfd profile a$/m);
  t.match(daemons, /^bfdd=yes$/m);
  t.same(notExpressible, []);
  t.end();
});

t.test('without BFD there is none', (t) => {
  t.same(made('med: 1'), { profiles: [], losses: [] });
  const texts = generated('frr', fileOf('med: 1')).files.map(({ content }) => content);
  t.notMatch(texts.join(''), /\bbfd\b|^bfdd=yes/m);
  t.match(texts.join(''), /^bfdd=no$/m);
  t.end();
});

t.test('what would not come up is left out and named', (t) => {
  const password = made('bfd: { password: env:A }');
  t.same(password.profiles, []);
  t.match(password.losses, [{ what: 'upstreams.a.bfd.password', why: /it is left out/ }]);
  const gtsm = made('ttl-security: true, bfd: {}');
  t.same(gtsm.profiles, []);
  t.match(gtsm.losses, [{ what: 'upstreams.a.bfd', why: /ttl-security.*it is left out/ }]);
  t.end();
});

t.test('what FRR does otherwise is named', (t) => {
  const strict = made('bfd: { strict: true }');
  t.equal(strict.profiles.length, 1);
  t.match(strict.losses, [{ what: 'upstreams.a.bfd.strict', why: /comes up without/ }]);
  const router = (keys: string) =>
    made('med: 1', `internal: { core: { address: 10.0.0.2, bfd: {}${keys} } }\n`);
  t.equal(router('').profiles.length, 1);
  t.match(router('').losses, [{ what: 'internal.core.bfd', why: /multihop: 1/ }]);
  t.match(router(', multihop: 1'), { profiles: [{ name: 'core' }], losses: [] });
  t.end();
});
