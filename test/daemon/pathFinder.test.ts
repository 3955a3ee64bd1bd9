import t from 'tap';
import { PathFinder } from '../../src/daemon/pathFinder.ts';
import type { Kernel, Paths } from '../../src/daemon/paths.ts';
import { configOf } from '../support/ownRoute.ts';

const TWO = `
asn: 64500
router-id: 192.0.2.1
prefixes: [203.0.113.0/24]
upstreams:
  said: { asn: 64496, address: 198.51.100.1, interface: eth7 }
  found: { asn: 64497, address: 198.51.100.5 }
`;
const ONE = TWO.replace(/ {2}found.*\n/, '');

function start() {
  const watched: string[][] = [];
  const routed: string[][] = [];
  const told: Paths[] = [];
  const pending: (() => void)[] = [];
  const kernel: Kernel = {
    interfaces: () => new Promise((resolve) => pending.push(() => resolve([]))),
    route: async () => ({ interface: 'eth1', connected: true, length: 30 }),
  };
  const finder = new PathFinder({
    links: {
      watch: async (names) => void watched.push([...names]),
      watchRoutes: (neighbours) => void routed.push(neighbours.map(({ text }) => text)),
    },
    onFound: (paths) => told.push(paths),
    kernel,
  });
  return { finder, watched, routed, told, pending };
}

t.test(
  "the file's own interfaces are watched before the lookups, the found ones after",
  async (t) => {
    const { finder, watched, routed, told, pending } = start();
    const found = finder.find(configOf(TWO));
    t.same(watched, [['eth7']]);
    t.same(routed, [['198.51.100.5']], 'a change during the lookups must be seen');
    pending.shift()?.();
    await found;
    t.same(told, [new Map([['found', { interface: 'eth1', origin: 'derived' }]])]);
    t.same(watched, [['eth7'], ['eth7', 'eth1']]);
  },
);

t.test('an interface that a check looks at is watched too', async (t) => {
  const { finder, watched, pending } = start();
  const needs = '[{ prefix: 203.0.113.0/24, needs: [core] }]';
  const text = `${ONE.replace('[203.0.113.0/24]', needs)}checks: { core: { link: eth9 } }\n`;
  const found = finder.find(configOf(text));
  pending.shift()?.();
  await found;
  t.same(watched.at(-1), ['eth7', 'eth9']);
});

t.test('searches do not overlap, and the last configuration wins', async (t) => {
  const { finder, watched, told, pending } = start();
  const first = finder.find(configOf(TWO));
  const second = finder.find(configOf(TWO));
  const last = finder.find(configOf(ONE));
  t.equal(pending.length, 1, 'one question to the kernel');
  pending.shift()?.();
  await Promise.all([first, second, last]);
  t.equal(told.length, 2);
  t.same(told.at(-1), new Map());
  t.same(watched.at(-1), ['eth7']);
});

t.test('the same link is not given up between two searches', async (t) => {
  const { finder, watched, pending } = start();
  for (let round = 0; round < 2; round++) {
    const found = finder.find(configOf(TWO));
    pending.shift()?.();
    await found;
  }
  t.same(watched.slice(1), Array(3).fill(['eth7', 'eth1']));
});

t.test('a reload that changes nothing about the paths asks the kernel nothing', async (t) => {
  const { finder, told, pending } = start();
  const found = finder.find(configOf(TWO));
  pending.shift()?.();
  await found;
  await finder.follow(configOf(TWO.replace('203.0.113.0/24', '192.0.2.0/24')));
  t.equal(pending.length, 0);
  t.equal(told.length, 1);
  const moved = finder.follow(configOf(TWO.replace('198.51.100.5', '198.51.100.9')));
  t.equal(pending.length, 1, 'a neighbour is somewhere else');
  pending.shift()?.();
  await moved;
  t.equal(told.length, 2);
});
