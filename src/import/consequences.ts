/**
 * What the statements do that the file has no key for, in words; `needless` where nothing is lost
 * without them. Looked up by their first words, the longest match first.
 */

export const NEEDLESS = 'needless';

type Consequences = Readonly<Record<string, string>>;

const STAYS = 'it stays with the daemon that it configures';

/** Below `router bgp`. */
const ROUTER: Consequences = {
  'aggregate-address':
    'nothing is aggregated: if the aggregate is yours and is to be announced always, add it to prefixes',
  redistribute:
    'what is announced is what prefixes lists: add the prefixes that this brought in, and only those',
  'maximum-paths': 'one path to each prefix is chosen, never several',
  distance: 'no routes are put into the kernel yet, so that there is nothing to weigh them against',
  'table-map': 'no routes are put into the kernel yet',
  'bgp bestpath': 'the decision process of RFC 4271 has no such switch: another path may win',
  'bgp always-compare-med': 'MEDs of different neighbours are not compared: another path may win',
  'bgp deterministic-med': NEEDLESS, // always so here
  'bgp cluster-id': 'there is no route reflection',
  'bgp confederation':
    'there are no confederations: neighbours inside of one would refuse our OPEN, and the path to others lacks the confederation number',
  'bgp dampening': 'received routes are not damped',
  'bgp default local-preference': 'LOCAL_PREF of what is learned is always 100',
  'bgp graceful-restart': 'it is said of each neighbour, by the key graceful-restart',
  'bgp graceful-shutdown':
    'no neighbour is told: add graceful-shutdown to the communities of each upstream while it lasts',
  'bgp listen': 'neighbours are listed one by one: who connects from a range is refused',
  'bgp max-med': 'MED is what med says, from the start',
  'bgp route-reflector': 'there is no route reflection',
  'bgp update-delay': 'own prefixes are announced as soon as a session is up',
  'bgp fast-external-failover': NEEDLESS,
  'bgp log-neighbor-changes': NEEDLESS,
  'bgp scan-time': NEEDLESS,
  'coalesce-time': NEEDLESS,
  'read-quanta': NEEDLESS,
  'write-quanta': NEEDLESS,
  synchronization: NEEDLESS,
  'auto-summary': NEEDLESS,
};

/** After `neighbor WHO`. */
const NEIGHBOUR: Consequences = {
  'addpath-tx-all-paths': 'one path to each prefix is sent',
  'addpath-tx-bestpath-per-as': 'one path to each prefix is sent',
  'advertise-map': 'announcements do not depend on received routes: checks and needs do that job',
  'as-override': 'AS numbers in received paths stay as they are',
  'attribute-unchanged': 'the next hop that a downstream is sent is ourselves',
  'default-originate':
    'no default route is made up: export: default sends one that was learned, while there is one',
  'disable-connected-check': NEEDLESS, // nothing checks that here
  'dont-capability-negotiate': 'capabilities are always offered: a very old neighbour may refuse',
  'enforce-multihop': 'say so with multihop',
  'local-as':
    'the neighbour expects another AS number than ours: the session does not come up until it changes that',
  'maximum-prefix-out': 'how many prefixes it is sent is not limited',
  'override-capability': 'what the neighbour did not offer is not used',
  'remove-private-AS':
    'learned paths go to downstreams as they are; upstreams get our prefixes only',
  'route-reflector-client':
    'there is no route reflection: each two routers of ours need a session of their own',
  'route-server-client':
    'this is no route server: our AS number stands in the paths that it is sent',
  'soft-reconfiguration': NEEDLESS, // what was received is always kept
  solo: NEEDLESS,
  'strict-capability-match': 'a session whose ends differ comes up with what both have',
  'tcp-mss': 'the kernel chooses the segment size',
  'timers delayopen': 'OPEN is sent at once',
  'unsuppress-map': 'nothing is suppressed',
  weight:
    'which way traffic leaves is not chosen: paths of all neighbours compare as RFC 4271 says',
  'advertisement-interval': NEEDLESS,
  'capability extended-nexthop': 'routes have next hops of their own family',
  'capability orf': 'what is sent is not filtered on request',
  'capability dynamic': NEEDLESS,
  'graceful-shutdown': 'add graceful-shutdown to its communities while it lasts',
  'path-attribute': 'attributes of received routes are judged by RFC 7606 only',
};

/** Outside of `router bgp`. */
const TOP: Consequences = {
  'access-list': 'what referred to it is told there',
  'ipv6 access-list': 'what referred to it is told there',
  'ip extcommunity-list': 'what referred to it is told there',
  'bgp extcommunity-list': 'what referred to it is told there',
  'ip large-community-list': 'what referred to it is told there',
  'bgp large-community-list': 'what referred to it is told there',
  rpki: 'nothing is validated yet',
};

/** Words with which statements of other parts of the daemon begin. */
const OTHERS = new Set([
  ...['agentx', 'allow-external-route-update', 'banner', 'debug', 'domainname', 'dump', 'enable'],
  ...['end', 'exec-timeout', 'exit', 'exit-vrf', 'fpm', 'frr', 'hostname', 'ip', 'ipv6', 'key'],
  ...['log', 'login', 'mac', 'mpls', 'nht', 'password', 'router-id', 'segment-routing', 'service'],
  ...['smux', 'snmp-server', 'table', 'username', 'zebra', 'zebra-interface', 'vni', 'ipv4'],
]);

export function routerConsequence(words: readonly string[]): string {
  return lookUp(ROUTER, words) ?? 'it is not known here, and what it did is not done';
}

export function neighbourConsequence(words: readonly string[]): string {
  return lookUp(NEIGHBOUR, words) ?? 'it is not known here, and what it did is not done';
}

/** `undefined`: a word that no daemon of this family begins a statement with. */
export function topConsequence(words: readonly string[]): string | undefined {
  return lookUp(TOP, words) ?? (OTHERS.has(words[0] ?? '') ? NEEDLESS : undefined);
}

/** Of a block that is none of BGP's. */
export function blockConsequence([word, protocol]: readonly string[]): string {
  if (word === 'bfd') return 'BFD is said of each neighbour, by the key bfd';
  if (word === 'router' && protocol === 'bgp') return STAYS;
  return NEEDLESS;
}

function lookUp(table: Consequences, words: readonly string[]): string | undefined {
  for (let count = Math.min(words.length, 3); count > 0; count--) {
    const key = words.slice(0, count).join(' ');
    if (Object.hasOwn(table, key)) return table[key];
  }
  return undefined;
}
