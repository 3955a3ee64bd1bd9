import t from 'tap';
import { loadConfig } from '../../src/config/load.ts';
import { ConfigTexts } from '../../src/record/configText.ts';

const FILE = `
asn: 1.10                     # hush: the old password was "tulip"
router-id: 192.0.2.1
state-dir: /var/lib/multihomed
log: {}
control: { mode: "0660" }
kernel: { anchor: false }
checks:
  probe: { exec: [/usr/local/bin/probe, --token, tulip, ""], window: 3/5 }
  other: { exec: [/usr/local/bin/probe, --token, rose] }
  api: { http: "https://203.0.113.10/health?key=tulip", body: tulip }
  hook: { http: "http://203.0.113.10:8080/services/tulip" }
  page: { http: "http://203.0.113.10/" }
prefixes:
  - &own 203.0.113.0/24
  - { prefix: "2001:db8:113::/48", needs: { any: [probe, api] } }
upstreams:
  a: { asn: 64496, address: 198.51.100.1, password: env:TULIP_MD5, communities: ["64496:100"], damping: none, families: [ipv4, ipv6], next-hop: { ipv6: "2001:db8::2" } }
`;

t.test('what the reader makes of it is the same, but for what is hidden', async (t) => {
  const before = loadConfig(FILE, 'f').config;
  const text = new ConfigTexts().of(FILE) ?? '';
  t.notMatch(text, /tulip|rose|hush|\n/);
  t.doesNotThrow(() => JSON.parse(text.replaceAll('1.10', '1.1').replaceAll('0660', '660')));
  const after = loadConfig(text, 'f');
  t.ok(before && after.config, JSON.stringify(after.problems));
  t.strictSame({ ...after.config, checks: [] }, { ...before, checks: [] });
  t.match(after.config?.checks, [
    { probe: { argv: ['/usr/local/bin/probe', 'hidden-1', 'hidden-2', 'hidden-3'] } },
    { probe: { argv: ['/usr/local/bin/probe', 'hidden-1', 'hidden-4'] } },
    { probe: { url: 'https://203.0.113.10/hidden-5', body: 'hidden-2' } },
    { probe: { url: 'http://203.0.113.10:8080/hidden-6' } },
    { probe: { url: 'http://203.0.113.10/' } },
  ]);
});

t.test('what was the same is the same again, and what was another is another', async (t) => {
  const texts = new ConfigTexts();
  const first = texts.of(FILE);
  t.equal(texts.of(FILE), first);
  t.not(texts.of(FILE.replace('rose', 'lily')), first);
});

t.test('a detail that quotes what was looked for does not say it', async (t) => {
  const texts = new ConfigTexts();
  texts.of(FILE);
  t.equal(texts.detailOf('200 OK, without "tulip"'), '200 OK, without "hidden-2"');
  t.equal(texts.detailOf('no reply of tulip'), 'no reply of tulip');
});

t.test('what is no YAML is nothing', async (t) => {
  t.equal(new ConfigTexts().of(''), undefined);
});
