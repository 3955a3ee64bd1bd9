import t from 'tap';
import { derivePaths, type Kernel, routedNeighbours, settlePath } from '../../src/daemon/paths.ts';
import type { KernelInterface } from '../../src/monitor/ipJson.ts';
import type { PathFact } from '../../src/monitor/link.ts';
import type { RouteLookup } from '../../src/monitor/routeLookup.ts';
import type { IpAddress } from '../../src/net/address.ts';
import { parseAddress } from '../../src/net/text.ts';
import { configOf } from '../support/ownRoute.ts';

const UNREACHABLE: RouteLookup = { interface: undefined, connected: false, length: undefined };
const NONE: PathFact = { interface: undefined, origin: 'none' };

function neighbour(text: string): IpAddress {
  const address = parseAddress(text);
  if (!address) throw new Error(`not an address: ${text}`);
  return address;
}

function connected(device: string, length?: number): RouteLookup {
  return { interface: device, connected: true, length };
}

function gateway(device: string): RouteLookup {
  return { interface: device, connected: false, length: 0 };
}

function derived(device: string): PathFact {
  return { interface: device, origin: 'derived' };
}

/** `port('eth1', 'up', '198.51.100.2/30')`. */
function port(name: string, state: 'up' | 'down', ...cidrs: string[]): KernelInterface {
  const subnets = cidrs.map((cidr) => {
    const [address = '', length] = cidr.split('/');
    return { address, length: Number(length) };
  });
  return { name, up: state === 'up', subnets };
}

const FOUR = neighbour('198.51.100.1');
const SIX = neighbour('2001:db8::1');

t.test('a connected route is the path, and one by a gateway or none is not', (t) => {
  const eth1 = port('eth1', 'up', '198.51.100.2/30', '2001:db8::2/64');
  t.same(settlePath(FOUR, connected('eth1'), [eth1], undefined), derived('eth1'));
  t.same(settlePath(SIX, connected('eth1'), [eth1], undefined), derived('eth1'));
  t.same(settlePath(FOUR, gateway('eth0'), [port('eth0', 'up')], undefined), NONE);
  t.same(settlePath(FOUR, UNREACHABLE, [], undefined), NONE);
  t.end();
});

t.test('a connected route without a subnet was made by hand and is believed', (t) => {
  const interfaces = [port('eth1', 'down', '198.51.100.2/24'), port('tun0', 'up')];
  t.same(settlePath(FOUR, connected('tun0'), interfaces, undefined), derived('tun0'));
  t.end();
});

t.test('carrier loss: the path stays while its address is there, whatever the routes say', (t) => {
  const dead = port('eth1', 'down', '198.51.100.2/30', '2001:db8::2/64');
  const wide = port('eth0', 'up', '198.51.0.9/16', '2001:db8::9/32');
  const said: RouteLookup[] = [UNREACHABLE, gateway('eth0'), connected('eth1'), connected('eth0')];
  for (const route of said) {
    for (const before of [undefined, NONE, derived('eth1')]) {
      t.same(settlePath(FOUR, route, [wide, dead], before), derived('eth1'));
      t.same(settlePath(SIX, route, [wide, dead], before), derived('eth1'));
    }
  }
  t.end();
});

t.test(
  'two ports in one network: when one dies the neighbour is reached through the other',
  (t) => {
    const ports = [port('eth1', 'down', '198.51.100.2/24'), port('eth2', 'up', '198.51.100.3/24')];
    t.same(settlePath(FOUR, connected('eth2'), ports, derived('eth1')), derived('eth2'));
    t.end();
  },
);

t.test("the dead link's own route, moved to a living one, is the way; a wider one is not", (t) => {
  const ports = [
    port('eth0', 'up', '198.51.0.9/16', '2001:db8::9/32'),
    port('eth1', 'down', '198.51.100.2/30', '2001:db8::2/64'),
  ];
  for (const before of [undefined, derived('eth0'), derived('eth1')]) {
    t.same(settlePath(FOUR, connected('eth0', 30), ports, before), derived('eth0'));
    t.same(settlePath(FOUR, connected('eth0', 32), ports, before), derived('eth0'));
    t.same(settlePath(FOUR, connected('eth0', 16), ports, before), derived('eth1'));
    t.same(settlePath(SIX, connected('eth0', 64), ports, before), derived('eth0'));
    t.same(settlePath(SIX, connected('eth0', 32), ports, before), derived('eth1'));
    t.same(settlePath(FOUR, connected('ppp0', 0), ports, before), derived('eth1'), 'a default');
  }
  t.end();
});

t.test('a dead link with a wider subnet than a living one is not the way', (t) => {
  const ports = [port('eth0', 'down', '198.51.0.9/16'), port('eth1', 'up', '198.51.100.2/30')];
  t.same(settlePath(FOUR, connected('eth1'), ports, undefined), derived('eth1'));
  t.same(settlePath(FOUR, gateway('eth1'), ports, undefined), NONE);
  t.end();
});

t.test('set down, IPv6 addresses go: the path stays until the link is up again', (t) => {
  const down = [port('eth1', 'down')];
  const up = [port('eth1', 'up')];
  t.same(settlePath(SIX, UNREACHABLE, down, derived('eth1')), derived('eth1'));
  t.same(settlePath(SIX, gateway('eth0'), down, derived('eth1')), derived('eth1'));
  t.same(settlePath(SIX, UNREACHABLE, up, derived('eth1')), NONE, 'the address was not restored');
  t.same(settlePath(SIX, UNREACHABLE, down, undefined), NONE, 'nothing was known before');
  t.end();
});

t.test('a deleted interface stays the path until another one has the subnet', (t) => {
  const others = [port('eth0', 'up', '192.0.2.1/24')];
  t.same(settlePath(FOUR, gateway('eth0'), others, derived('eth1')), derived('eth1'));
  const renamed = [...others, port('wan1', 'up', '198.51.100.2/30')];
  t.same(settlePath(FOUR, connected('wan1'), renamed, derived('eth1')), derived('wan1'));
  t.end();
});

t.test('an address that moved to another link takes the path with it', (t) => {
  const ports = [port('eth1', 'down'), port('eth2', 'up', '198.51.100.2/30')];
  t.same(settlePath(FOUR, connected('eth2'), ports, derived('eth1')), derived('eth2'));
  t.end();
});

t.test('when the kernel cannot be asked the path stays', (t) => {
  t.same(settlePath(FOUR, UNREACHABLE, [], derived('eth1')), derived('eth1'));
  t.end();
});

const config = configOf(`
asn: 64500
router-id: 192.0.2.1
prefixes: [203.0.113.0/24]
upstreams:
  said: { asn: 64496, address: 198.51.100.1, interface: eth7 }
  found: { asn: 64497, address: 198.51.100.5 }
  lost: { asn: 64498, address: 198.51.100.9 }
  far: { asn: 64499, address: 198.51.100.13, multihop: 2 }
`);

/** Knows the way to 198.51.100.5 and to every other address through eth9. */
function kernel(asked: string[]): Kernel {
  return {
    interfaces: async () => [port('eth1', 'up', '198.51.100.6/30'), port('eth9', 'up')],
    route: async (address) => {
      asked.push(address);
      return address === '198.51.100.5' ? connected('eth1') : gateway('eth9');
    },
  };
}

t.test(
  'paths are derived for those that the file leaves open and that can be on one link',
  async (t) => {
    const asked: string[] = [];
    const paths = await derivePaths(config, new Map(), kernel(asked));
    t.same([...paths.keys()], ['found', 'lost', 'far']);
    t.same(paths.get('found'), derived('eth1'));
    t.same(paths.get('lost'), NONE);
    t.same(paths.get('far'), NONE, 'multihop: it may be reached another way');
    t.same(asked, ['198.51.100.5', '198.51.100.9']);
  },
);

t.test('the routes that matter are those to neighbours whose paths follow them', (t) => {
  t.same(
    routedNeighbours(config).map(({ text }) => text),
    ['198.51.100.5', '198.51.100.9'],
    'not to one whose interface is in the file, nor to one further away',
  );
  t.end();
});

t.test('paths from before count only for the same upstream', async (t) => {
  const before = new Map([
    ['lost', derived('eth5')],
    ['gone', derived('eth6')],
  ]);
  const paths = await derivePaths(config, before, kernel([]));
  t.same(paths.get('lost'), derived('eth5'));
  t.notOk(paths.has('gone'));
});

t.test('a file that says every interface asks the kernel nothing', async (t) => {
  const upstreams = config.upstreams.filter(({ name }) => name === 'said');
  const refuse = async () => t.fail('asked');
  const silent: Kernel = {
    interfaces: async () => {
      await refuse();
      return [];
    },
    route: async () => {
      await refuse();
      return UNREACHABLE;
    },
  };
  t.equal((await derivePaths({ ...config, upstreams }, new Map(), silent)).size, 0);
});
