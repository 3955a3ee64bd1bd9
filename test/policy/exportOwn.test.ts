import t from 'tap';
import { COMMUNITY_CATALOGUE } from '../../src/config/communityCatalogue.ts';
import { formatCommunities } from '../../src/net/community.ts';
import { exportBlackhole, exportOwn } from '../../src/policy/exportOwn.ts';
import { configOf } from '../support/ownRoute.ts';

const config = configOf(`
asn: 64500
router-id: 192.0.2.1
prefixes:
  - { prefix: 203.0.113.0/24, communities: ["64496:9", no-export, "64496:1:2"] }
  - 198.51.100.0/24
upstreams:
  plain: { asn: 64496, address: 192.0.2.10 }
  shaped: { asn: 64497, address: 192.0.2.20, prepend: 3, med: 0, communities: ["64496:9", "64497:1", "rt:1:1"] }
`);
const [tagged, bare] = config.prefixes;
const [plain, shaped] = config.upstreams;
if (!tagged || !bare || !plain || !shaped) throw new Error('the file has two of each');

t.test('without a word in the file, a route is sent as it is', (t) => {
  t.same(exportOwn(bare, plain), {
    prepend: 0,
    med: undefined,
    communities: { standard: [], extended: [], large: [] },
  });
  t.end();
});

t.test("the upstream's attributes apply to every prefix; a MED of 0 is not none", (t) => {
  t.match(exportOwn(bare, shaped), { prepend: 3, med: 0 });
  t.match(exportOwn(tagged, shaped), { prepend: 3, med: 0 });
  t.end();
});

t.test("communities are the prefix's and the upstream's together, each once", (t) => {
  const sent = (own = bare, upstream = plain) =>
    formatCommunities(exportOwn(own, upstream).communities);
  t.same(sent(tagged, plain), ['64496:9', 'no-export', '64496:1:2']);
  t.same(sent(bare, shaped), ['64496:9', '64497:1', 'rt:1:1']);
  t.same(sent(tagged, shaped), ['64496:9', '64497:1', 'no-export', 'rt:1:1', '64496:1:2']);
  t.end();
});

const PREFER = configOf(`
asn: 64500
router-id: 192.0.2.1
prefixes: [198.51.100.0/24]
upstreams:
  ntt: { asn: 2914, address: 192.0.2.10, prefer: backup, communities: ["2914:421"] }
  other: { asn: 64497, address: 192.0.2.20, prefer: backup }
  said: { asn: 2914, address: 192.0.2.30, prefer: backup, prepend: 1 }
  first: { asn: 2914, address: 192.0.2.40, prefer: primary }
  vultr: { asn: 64515, address: 169.254.169.254 }
  he: { asn: 6939, address: 192.0.2.60 }
`);

function preferring(name: string) {
  const upstream = PREFER.upstreams.find((each) => each.name === name);
  if (!upstream) throw new Error(`no upstream ${name}`);
  return upstream;
}

function requireBare() {
  const own = PREFER.prefixes[0];
  if (!own) throw new Error('no prefix');
  return own;
}

function sentAs(name: string, standing: 'normal' | 'lowered' = 'normal') {
  const { prepend, communities } = exportOwn(requireBare(), preferring(name), standing);
  return [prepend, ...formatCommunities(communities)].join(' ');
}

t.test("prefer: backup is the upstream's own code where it is known, else a longer path", (t) => {
  t.equal(sentAs('ntt'), '0 2914:421 2914:450');
  t.equal(sentAs('other'), '3');
  t.equal(sentAs('said'), '1', 'a prepend that is spelled out stands for it');
  t.equal(sentAs('first'), '0');
  t.end();
});

t.test('RFC 8326: the last choice has GRACEFUL_SHUTDOWN, and the code or the longer path', (t) => {
  t.equal(sentAs('ntt', 'lowered'), '0 2914:421 2914:450 graceful-shutdown');
  t.equal(sentAs('other', 'lowered'), '5 graceful-shutdown', 'behind a backup');
  t.equal(sentAs('first', 'lowered'), '0 2914:450 graceful-shutdown');
  t.end();
});

t.test('RFC 7999: blackholing is asked for by the code of that network, and by no guess', (t) => {
  const codes = (name: string) => {
    const terms = exportBlackhole(preferring(name));
    return terms && formatCommunities(terms.communities).join(' ');
  };
  t.equal(codes('ntt'), '2914:666 no-export');
  t.equal(codes('vultr'), '20473:666 no-export', 'by the address that all its customers have');
  t.equal(codes('he'), '6939:666 no-export');
  t.equal(codes('other'), undefined);
  t.end();
});

t.test('the catalogue has a source and a date for each entry, and no entry twice', (t) => {
  t.equal(new Set(COMMUNITY_CATALOGUE.map(({ asn }) => asn)).size, COMMUNITY_CATALOGUE.length);
  for (const { source, seen, asn, informational, blackhole } of COMMUNITY_CATALOGUE) {
    t.match(source, /\.\w+/);
    t.match(seen, /^20\d\d-\d\d-\d\d$/);
    t.ok(asn < 65_536, 'codes are standard communities');
    t.notOk(blackhole !== undefined && blackhole in informational);
  }
  t.end();
});
