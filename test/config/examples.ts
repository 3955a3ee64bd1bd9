/** Files that the tests read: the smallest, and one that says everything there is to say. */

/** The README's first file. */
export const SMALLEST = `# multihomed.yaml
asn: 64500
router-id: 192.0.2.1
prefixes:
  - 203.0.113.0/24
upstreams:
  transit-a: { asn: 64496, address: 198.51.100.1 }
  transit-b: { asn: 64497, address: 198.51.100.5 }
`;

/** The same with every default written out. */
export const SPELLED_OUT = `
asn: 64500
router-id: 192.0.2.1
listen: ["0.0.0.0:179", "[::]:179"]
control: { mode: "0600" }
log: { level: info, format: text }
on-exit: withdraw
checks: {}
flap-budget: { first-hold: 5s, repeated-hold: 30s, longest-hold: 1m, follower-hold: 60s }
prefixes:
  - { prefix: 203.0.113.0/24, upstreams: [transit-a, transit-b], communities: [], space: pi }
upstreams:
  transit-a:
    asn: 64496
    address: 198.51.100.1
    port: 179
    passive: false
    multihop: 1
    ttl-security: false
    bind-to-interface: false
    hold-time: 90s
    families: [ipv4]
    next-hop: {}
    prepend: 0
    communities: []
    connect-retry: 10s
    accept: full
    import: &import
      bogons: refuse
      own-prefixes: refuse
      long-paths: refuse
      as-set: refuse
      first-as: refuse
      private-as: refuse
      reserved-as: refuse
      max-length: { ipv4: 24, ipv6: 48 }
      allow-own-as: 0
    max-prefixes: &limits { ipv4: 2000000, ipv6: 1000000, warn: 80%, idle: 30m }
    damping: unknown
  transit-b:
    asn: 64497
    address: 198.51.100.5
    port: 179
    passive: false
    multihop: 1
    ttl-security: false
    bind-to-interface: false
    hold-time: 90s
    families: [ipv4]
    next-hop: {}
    prepend: 0
    communities: []
    connect-retry: 10s
    accept: full
    import: *import
    max-prefixes: *limits
    damping: { profile: unknown, confirmed: false }
downstreams: {}
internal: {}
`;

/** Every key that this version has. */
export const EVERYTHING = `
asn: 64500                     # plain or dotted (64500, 1.10)
router-id: 192.0.2.1
site: dc1                      # this edge router's site, for multi-site guards
listen: ["0.0.0.0:179", "[::]:179"]   # \`none\`: only connect out
state-dir: /var/lib/multihomed # intent and flap budgets survive a restart here
on-exit: keep                  # withdraw | drain | keep
control:
  socket: /run/multihomed/control.sock
  mode: "0660"
  http: "[::1]:8479"
log: { level: debug, format: json }

prefixes:                      # a CIDR, or a mapping
  - 203.0.113.0/24
  - prefix: 2001:db8:113::/48
    needs: { all: [web, { any: [dns, ping] }, { at-least: 2, of: [lb, core, probe, api] }] }
    on-failure: backup         # withdraw | backup | keep
    upstreams: [transit-a]     # default: all
    communities: [ ]           # added for this prefix, to every upstream
    space: pi

upstreams:
  transit-a:
    asn: 64496
    address: 198.51.100.1      # IPv4 or IPv6
    port: 1179
    local-address: 198.51.100.2
    interface: eth1            # its link: carrier loss drops the session at once
    passive: true
    multihop: 2                # TTL; default 1
    ttl-security: false        # GTSM (RFC 5082); excludes multihop
    password: env:TRANSIT_A_MD5          # env:NAME, file:PATH; never echoed
    bind-to-interface: true
    hold-time: 30s
    graceful-restart: true     # true | helper | false
    long-lived-graceful-restart: 1h
    families: [ipv4, ipv6]     # default: the address's own
    next-hop: { ipv4: 198.51.100.2, ipv6: "2001:db8::2" }   # default: ourselves
    prepend: 3
    med: 100
    communities: ["64496:100", graceful-shutdown, "64496:1:2"]
    connect-retry: 1m
    accept: default            # full | default | none
    import:
      bogons: accept
      own-prefixes: accept
      long-paths: accept
      as-set: accept
      first-as: accept
      private-as: accept
      reserved-as: accept
      max-length: { ipv4: 25, ipv6: 64 }
      allow-own-as: 1
    max-prefixes: { ipv4: 1300000, ipv6: 350000, warn: 90%, idle: 1h }
    role: { is: peer, strict: true }
    add-path: { is: receive, paths: 16 }

    prefer: primary            # primary | backup
    damping: { profile: juniper, suppress: 4000, confirmed: true }
    reachability:
      probes: [reach]
      canaries: [192.88.99.0/24, 2001:500:2f::/48]
      table-drop: 30%
      default-gone: false
      one-sign: keep
      two-signs: backup

downstreams:                   # inner routers, customers, collectors: may be sent what was learned
  core:
    asn: 64501
    address: 10.0.0.2
    port: 1179
    local-address: 10.0.0.1
    interface: eth2
    passive: true
    multihop: 2
    password: file:/etc/multihomed/core.key
    hold-time: 30s
    families: [ipv4, ipv6]
    next-hop: { ipv6: "2001:db8::1" }
    prepend: 1
    med: 10
    communities: ["64500:1"]
    connect-retry: 1m
    export: default            # all | default | own
    accept: full
    import: { bogons: accept, max-length: { ipv4: 32 } }
    max-prefixes: { ipv4: 100, ipv6: none }
    role: none
    add-path: send

internal:                      # iBGP to our other edge routers (same asn)
  edge2:
    asn: 64500
    address: 10.0.0.3
    port: 1179
    local-address: 10.0.0.1
    interface: eth2
    passive: true
    multihop: 1
    ttl-security: true
    hold-time: 30s
    families: [ipv4, ipv6]
    next-hop: { ipv6: "2001:db8::1" }
    connect-retry: 1m
    next-hop-self: false
    accept: full
    import:
      bogons: refuse
      own-prefixes: refuse
      long-paths: refuse
      as-set: refuse
      private-as: refuse
      reserved-as: refuse
      max-length: { ipv4: 24, ipv6: 48 }
      allow-own-as: 1
    max-prefixes: { ipv4: none }
    add-path: both

checks:
  web: { tcp: "203.0.113.10:80", interval: 10s, timeout: 3s, rise: 3, fall: 3, window: none }
  api:
    http: "https://203.0.113.10/health"
    status: 204
    body: "ok"
    host: www.example.net
    ca: /etc/ssl/own-ca.pem
  dns: { dns: "203.0.113.53", name: example.net, type: SOA }
  lb: { haproxy-agent: "[2001:db8:113::10]:5555" }
  core: { link: eth0 }
  probe: { exec: ["/usr/local/bin/probe", "--fast", 5], window: 3/5, source: 203.0.113.1 }
  ping: { ping: 203.0.113.10, interval: 500ms }
  reach: { ping: 192.88.99.1 }
  gateway: { ping: 203.0.113.1, interval: 1s }

correlated-failure: { self-check: gateway, hold: 5s }
flap-budget: { first-hold: 2s, repeated-hold: 20s, longest-hold: 40s, follower-hold: 2m }
`;

/** One neighbour of each kind, and no more than they need. */
export const THREE_KINDS = `
asn: 64500
router-id: 192.0.2.1
prefixes: [203.0.113.0/24]
upstreams:
  transit-a: { asn: 64496, address: 198.51.100.1 }
downstreams:
  core: { asn: 64501, address: 10.0.0.2 }
internal:
  edge2: { address: 10.0.0.3 }
`;

/** Keys that are known and not read yet, each as it would be written, by where it belongs. */
export const LATER = {
  file: [
    'rpki: { servers: ["127.0.0.1:3323"], reject-invalid: true }',
    'guard: { etcd: ["http://127.0.0.1:2379"], keep-at-least: 1 }',
  ],
  import: ['rpki-invalid: refuse'],
} as const;
