import t from 'tap';
import { capabilitiesView } from '../../src/control/capabilityView.ts';
import type { Capability } from '../../src/wire/capability.ts';
import { agreed, config, LOCAL_AS, openOf, PEER_AS } from '../support/fsm.ts';

function view(ours: readonly Capability[], theirs: readonly Capability[]) {
  const open = openOf(LOCAL_AS, { more: ours });
  const negotiated = agreed({ ...config, open }, openOf(PEER_AS, { more: theirs }));
  return capabilitiesView(open.capabilities, negotiated);
}

t.test('what both offered is used, and what a neighbour tells of itself is shown', (t) => {
  const ours: Capability[] = [
    { kind: 'extendedMessage' },
    { kind: 'role', role: 3 },
    { kind: 'addPath', entries: [{ afi: 1, safi: 1, sendReceive: 1 }] },
  ];
  const theirs: Capability[] = [
    { kind: 'extendedMessage' },
    { kind: 'role', role: 0 },
    { kind: 'addPath', entries: [{ afi: 1, safi: 1, sendReceive: 3 }] },
    { kind: 'fqdn', host: 'edge', domain: 'example.net' },
    { kind: 'softwareVersion', version: 'BIRD 2.0.12' },
    { kind: 'unknown', code: 131, value: Uint8Array.of(1) },
  ];
  t.strictSame(view(ours, theirs), {
    offered: [
      'multiprotocol ipv4 unicast',
      'route refresh',
      'four-octet AS 64500',
      'extended message',
      'role customer',
      'add-path: ipv4 unicast receive',
    ],
    received: [
      'multiprotocol ipv4 unicast',
      'route refresh',
      'four-octet AS 64496',
      'extended message',
      'role provider',
      'add-path: ipv4 unicast send and receive',
      'host name edge.example.net',
      'software version BIRD 2.0.12',
      'capability 131 (01)',
    ],
    used: [
      'ipv4 unicast',
      'four-octet AS numbers',
      'route refresh',
      'extended messages',
      'several ipv4 paths received',
    ],
    role: { ours: 'customer', theirs: 'provider' },
    hostName: 'edge.example.net',
    software: 'BIRD 2.0.12',
  });
  t.end();
});

t.test('what is agreed of restarts and refreshes is among what is used', (t) => {
  const both: Capability[] = [
    { kind: 'enhancedRouteRefresh' },
    {
      kind: 'gracefulRestart',
      restarting: false,
      notification: true,
      restartTime: 0,
      entries: [],
    },
  ];
  const long: Capability = { kind: 'longLivedGracefulRestart', entries: [] };
  const short = ['ipv4 unicast', 'four-octet AS numbers', 'route refresh'];
  const agreed = [...short, 'enhanced route refresh', 'graceful restart'];
  t.same(view(both, both).used, agreed);
  t.same(view([...both, long], both).used, agreed);
  t.same(view([...both, long], [...both, long]).used, [...agreed, 'long-lived graceful restart']);
  t.end();
});

t.test('a neighbour that offers little has little to show', (t) => {
  t.match(view([{ kind: 'extendedMessage' }], []), {
    used: ['ipv4 unicast', 'four-octet AS numbers', 'route refresh'],
    role: { ours: null, theirs: null },
    hostName: null,
    software: null,
  });
  const bare: Capability[] = [{ kind: 'fqdn', host: 'edge', domain: '' }];
  t.equal(view([], bare).hostName, 'edge');
  t.end();
});
