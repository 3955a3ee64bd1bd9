import fc from 'fast-check';
import t from 'tap';
import { FIRST_ID } from '../../src/kernel/hopObjects.ts';
import { Installer } from '../../src/kernel/installer.ts';
import {
  type FromInstaller,
  FULL_PROTOCOL,
  type HopTarget,
  IPV6_ROW,
  ROW_WORDS,
} from '../../src/kernel/installMessages.ts';
import type { Fault } from '../../src/kernel/netlink.ts';
import type { NextHopObject, NextHopSeen } from '../../src/kernel/nextHopMessage.ts';
import { LOST, type RouteKernel } from '../../src/kernel/routeKernel.ts';
import { RouteSeen, type RouteVerb } from '../../src/kernel/routeMessage.ts';
import { rowText } from '../../src/kernel/rowText.ts';
import type { Family } from '../../src/net/family.ts';
import { parseAddress, parsePrefix } from '../../src/net/text.ts';
import { type PrefixWords, RowPrefix } from '../../src/rib/rowPrefix.ts';

const [EPERM, ENOENT, ESRCH, EEXIST, ENETDOWN] = [1, 2, 3, 17, 100];

function row(text: string): RowPrefix {
  const prefix = parsePrefix(text);
  if (!prefix) throw new Error(text);
  return RowPrefix.of(prefix);
}

const fault = (errno: number): Fault => ({ errno, text: undefined });

/** Does what a kernel does, and can be told to refuse, to forget, to lose its answers. */
class ModelKernel implements RouteKernel {
  readonly objects = new Map<number, NextHopSeen>();
  /** The id that each of our routes refers to. */
  readonly routes = new Map<string, number>();
  readonly foreign = new Set<string>();
  readonly connected: string[] = [];
  readonly down = new Set<number>();
  readonly log: string[] = [];
  allowed = true;
  losesAnswers = false;
  #batch: { readonly verb: RouteVerb; readonly text: string; readonly id: number }[] = [];

  interfaceNumber(name: string): number {
    return Number(/^eth(\d+)$/.exec(name)?.[1] ?? 0);
  }

  readNextHops(): readonly NextHopSeen[] {
    return [...this.objects.values()];
  }

  readRoutes(family: Family, visit: (route: RouteSeen) => void): undefined {
    for (const [text, id] of this.routes) this.#show(text, id, family, visit);
  }

  readConnected(visit: (route: RouteSeen) => void): undefined {
    for (const text of this.connected) this.#show(text, 0, 'ipv6', visit);
  }

  putNextHop(object: NextHopObject, isNew: boolean): Fault | undefined {
    if (!this.allowed) return fault(EPERM);
    if (this.down.has(object.interface)) return fault(ENETDOWN);
    if (this.objects.has(object.id) === isNew) return fault(isNew ? EEXIST : ENOENT);
    this.objects.set(object.id, { id: object.id, protocol: FULL_PROTOCOL, object });
    this.log.push(`${isNew ? 'new' : 'lead'} ${object.id - FIRST_ID} ${object.gateway.at(-1)}`);
    return undefined;
  }

  deleteNextHop(id: number): undefined {
    this.objects.delete(id);
    for (const [text, other] of this.routes) if (other === id) this.routes.delete(text);
  }

  put(verb: RouteVerb, each: PrefixWords, id: number): void {
    this.#batch.push({ verb, text: rowText(each), id });
  }

  flush(onFault: (index: number, fault: Fault) => void): typeof LOST | undefined {
    const batch = this.#batch;
    this.#batch = [];
    for (const [i, each] of batch.entries()) {
      const refused = this.#carryOut(each);
      if (refused !== undefined && !this.losesAnswers) onFault(i, fault(refused));
    }
    if (!this.losesAnswers) return undefined;
    this.losesAnswers = false;
    return LOST;
  }

  close(): void {}

  /** As when the link is lost: the kernel takes the objects, and the routes that refer to them. */
  dropInterface(device: number): void {
    for (const { id, object } of this.objects.values()) {
      if (object?.interface === device) this.deleteNextHop(id);
    }
  }

  #carryOut({ verb, text, id }: { verb: RouteVerb; text: string; id: number }): number | undefined {
    if (verb === 'delete') return this.routes.delete(text) ? undefined : ESRCH;
    if (!this.objects.has(id)) return 22;
    const isThere = this.routes.has(text) || this.foreign.has(text);
    if (verb === 'add' && isThere) return EEXIST;
    if (verb === 'replace' && !isThere) return ENOENT;
    if (this.foreign.has(text)) throw new Error(`${text} is somebody else's, and was replaced`);
    this.log.push(`${verb} ${text}`);
    this.routes.set(text, id);
    return undefined;
  }

  #show(text: string, id: number, family: Family, visit: (route: RouteSeen) => void): void {
    const seen = new RouteSeen();
    seen.copy(row(text));
    seen.nextHop = id;
    if (seen.family === family) visit(seen);
  }
}

function target(hop: number, address: string, device: string): HopTarget {
  const gateway = parseAddress(address);
  if (!gateway) throw new Error(address);
  return { hop, family: gateway.family, gateway: gateway.octets, device };
}

const TARGETS = [
  target(1, '192.0.2.1', 'eth1'),
  target(2, '192.0.2.2', 'eth2'),
  target(3, '2001:db8::1', 'eth1'),
  target(4, '2001:db8::2', 'eth2'),
];

function start(kernel = new ModelKernel()) {
  const messages: FromInstaller[] = [];
  const installer = new Installer({ kernel, tell: (message) => void messages.push(message) });
  installer.open();
  const want = (wanted: Readonly<Record<string, number>>) => {
    const rows = Object.entries(wanted).flatMap(([text, hop]) => {
      const { family, length, word0, word1, word2, word3 } = row(text);
      const word = ((hop | (family === 'ipv6' ? IPV6_ROW : 0)) << 8) | length;
      return [word, word0, word1, word2, word3];
    });
    installer.take(Int32Array.from(rows), rows.length / ROW_WORDS);
  };
  const settle = () => {
    while (installer.work());
  };
  /** Prefixes by the last octet of the gateway that they lead to. */
  const led = () =>
    Object.fromEntries(
      [...kernel.routes].map(([text, id]) => [
        text,
        kernel.objects.get(id)?.object?.gateway.at(-1),
      ]),
    );
  const causes = () =>
    messages.flatMap((message) => (message.type === 'failed' ? [message.cause] : []));
  return { kernel, installer, messages, want, settle, led, causes };
}

t.test('routes refer to one object for each next hop, and follow it', (t) => {
  const { kernel, installer, want, settle, led } = start();
  installer.lead(TARGETS);
  want({ '5.0.0.0/16': 1, '5.1.0.0/16': 2, '2a02:100::/32': 3 });
  settle();
  t.same(led(), { '5.0.0.0/16': 1, '5.1.0.0/16': 2, '2a02:100::/32': 1 });
  kernel.log.length = 0;
  installer.lead([target(1, '192.0.2.2', 'eth2'), ...TARGETS.slice(1)]);
  t.same(kernel.log, ['lead 1 2'], 'one request for all routes');
  t.same(led()['5.0.0.0/16'], 2);
  want({ '5.0.0.0/16': 2 });
  want({ '5.1.0.0/16': 0 });
  settle();
  t.same(led(), { '5.0.0.0/16': 2, '2a02:100::/32': 1 });
  t.match(installer.counts(), { installed: { ipv4: 1, ipv6: 1 }, pending: 0, refused: 0 });
  t.end();
});

t.test("somebody else's route stays, is told of once, and ours comes when it is gone", (t) => {
  const { kernel, installer, want, settle, led, causes } = start();
  kernel.foreign.add('5.0.0.0/16').add('5.1.0.0/16');
  installer.lead(TARGETS);
  want({ '5.0.0.0/16': 1, '5.1.0.0/16': 1, '5.2.0.0/16': 1 });
  settle();
  t.same(led(), { '5.2.0.0/16': 1 });
  t.match(installer.counts(), { failed: { ipv4: 2, ipv6: 0 }, pending: 0, refused: 2 });
  for (let i = 0; i < 3; i++) {
    installer.look();
    settle();
  }
  t.same(causes(), ["5.0.0.0/16: somebody else's route of this metric is there"]);
  kernel.foreign.clear();
  installer.look();
  settle();
  t.equal(Object.keys(led()).length, 3);
  t.match(installer.counts(), { failed: { ipv4: 0, ipv6: 0 } });
  t.end();
});

t.test('what the kernel takes with an interface comes back with it', (t) => {
  const { kernel, installer, want, settle, led } = start();
  installer.lead(TARGETS);
  want({ '5.0.0.0/16': 1, '5.1.0.0/16': 2 });
  settle();
  kernel.dropInterface(1);
  kernel.down.add(1);
  installer.look();
  settle();
  t.same(led(), { '5.1.0.0/16': 2 });
  t.match(installer.counts(), { installed: { ipv4: 1 }, pending: 1, failed: { ipv4: 0 } });
  kernel.down.clear();
  installer.look();
  settle();
  t.same(led(), { '5.0.0.0/16': 1, '5.1.0.0/16': 2 });
  t.end();
});

t.test('a next hop that is gone without a look is noticed when it is to lead elsewhere', (t) => {
  const { kernel, installer, want, settle, led } = start();
  installer.lead(TARGETS);
  want({ '5.0.0.0/16': 1 });
  settle();
  kernel.dropInterface(1);
  installer.lead([target(1, '192.0.2.2', 'eth2'), ...TARGETS.slice(1)]);
  settle();
  t.same(led(), { '5.0.0.0/16': 2 });
  t.end();
});

t.test('a run before this one: taken over, and swept when all has been said', (t) => {
  const before = start();
  before.installer.lead(TARGETS);
  before.want({ '5.0.0.0/16': 1, '5.1.0.0/16': 2, '5.9.0.0/16': 1 });
  before.settle();
  const { kernel } = before;
  kernel.log.length = 0;
  const { installer, messages, want, settle, led } = start(kernel);
  t.match(messages[0], { type: 'ready', leftover: 3 });
  // The numbers that the main thread gives them need not be the same.
  installer.lead([target(1, '192.0.2.2', 'eth2'), target(2, '192.0.2.1', 'eth1')]);
  installer.begin();
  want({ '5.0.0.0/16': 2, '5.1.0.0/16': 1 });
  settle();
  t.same(kernel.log, [], 'nothing had to be done');
  t.equal(kernel.routes.size, 3);
  installer.settle();
  settle();
  t.same(led(), { '5.0.0.0/16': 1, '5.1.0.0/16': 2 });
  installer.look();
  t.equal(kernel.objects.size, 2, 'objects that nothing refers to go, too');
  t.end();
});

t.test('answers that got lost: what is there is read, and the rest is done', (t) => {
  const { kernel, installer, want, settle, led, causes } = start();
  kernel.foreign.add('5.1.0.0/16');
  installer.lead(TARGETS);
  kernel.losesAnswers = true;
  want({ '5.0.0.0/16': 1, '5.1.0.0/16': 1 });
  settle();
  t.same(led(), { '5.0.0.0/16': 1 });
  t.match(installer.counts(), { installed: { ipv4: 1 }, failed: { ipv4: 1 }, pending: 0 });
  t.match(causes()[0], /answers of the kernel were lost/);
  t.end();
});

t.test("a network of this machine's own is never taken over: its metric is worse", (t) => {
  const { kernel, installer, want, settle, led, causes } = start();
  kernel.connected.push('2001:db8:b::/64');
  installer.look();
  installer.lead(TARGETS);
  want({ '2001:db8:b::/64': 3, '2001:db8:c::/64': 3 });
  settle();
  t.same(led(), { '2001:db8:c::/64': 1 });
  t.same(causes(), ["2001:db8:b::/64 is a network of this machine's own"]);
  t.end();
});

t.test('without the privilege: one line, and no request for any route', (t) => {
  const { kernel, installer, want, settle, causes } = start();
  kernel.allowed = false;
  installer.lead([TARGETS[0] ?? target(1, '192.0.2.1', 'eth1')]);
  want({ '5.0.0.0/16': 1, '5.1.0.0/16': 1 });
  settle();
  installer.look();
  settle();
  t.same(causes(), ['next hop 192.0.2.1 on eth1: Operation not permitted']);
  t.match(installer.counts(), { pending: 2, refused: 0 });
  t.end();
});

t.test('an id of somebody else is not touched', (t) => {
  const { kernel, installer, want, settle, led } = start();
  const theirs = { id: FIRST_ID + 1, protocol: 4, object: undefined };
  kernel.objects.set(theirs.id, theirs);
  installer.lead(TARGETS);
  want({ '5.0.0.0/16': 1 });
  settle();
  t.same(led(), { '5.0.0.0/16': 1 });
  t.equal(kernel.objects.get(theirs.id), theirs);
  installer.stop(true);
  t.same([...kernel.objects.values()], [theirs]);
  t.end();
});

const PREFIXES = ['5.0.0.0/16', '5.0.0.0/24', '5.1.0.0/16', '6.0.0.0/8', '2a02:100::/32'];
const STEP = fc.oneof(
  fc.record({ do: fc.constant('want' as const), at: fc.nat(4), hop: fc.nat(2) }),
  fc.record({ do: fc.constantFrom('work', 'look', 'lose', 'drop', 'up' as const), at: fc.nat(1) }),
  fc.record({ do: fc.constantFrom('foreign', 'repoint' as const), at: fc.nat(4) }),
);

t.test('whatever happens, it ends with what is wanted, and nobody else is touched', (t) => {
  fc.assert(
    fc.property(fc.array(STEP, { maxLength: 50 }), (steps) => {
      const { kernel, installer, want, settle } = start();
      const wanted = new Map<string, number>();
      installer.lead(TARGETS);
      for (const step of steps) {
        const text = PREFIXES[step.at] ?? '5.0.0.0/16';
        if (step.do === 'want') {
          const hop = step.hop === 0 ? 0 : step.hop + (text.includes(':') ? 2 : 0);
          wanted.set(text, hop);
          want({ [text]: hop });
        } else if (step.do === 'work') installer.work();
        else if (step.do === 'look') installer.look();
        else if (step.do === 'lose') kernel.losesAnswers = true;
        else if (step.do === 'drop') {
          kernel.dropInterface(1 + step.at);
          kernel.down.add(1 + step.at);
        } else if (step.do === 'up') kernel.down.clear();
        else if (step.do === 'foreign' && !kernel.routes.has(text)) kernel.foreign.add(text);
        else if (step.do === 'repoint') {
          installer.lead([target(1, `192.0.2.${1 + step.at}`, 'eth2'), ...TARGETS.slice(1)]);
        }
      }
      kernel.down.clear();
      kernel.losesAnswers = false;
      installer.lead(TARGETS);
      for (let i = 0; i < 3; i++) {
        installer.look();
        settle();
      }
      const expected = [...wanted].filter(([text, hop]) => hop !== 0 && !kernel.foreign.has(text));
      const led = [...kernel.routes].map(([text, id]) => {
        const { object } = kernel.objects.get(id) ?? {};
        return `${text} ${object?.gateway.at(-1)} ${object?.interface}`;
      });
      t.same(led.sort(), expected.map(([text, hop]) => `${text} ${leads(hop)}`).sort());
    }),
    { seed: 180, numRuns: 150 },
  );
  t.end();
});

function leads(hop: number): string {
  return hop % 2 === 1 ? '1 1' : '2 2';
}
