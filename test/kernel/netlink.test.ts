import { endianness } from 'node:os';
import fc from 'fast-check';
import t from 'tap';
import {
  eachMessage,
  faultIn,
  MessageView,
  NetlinkMemory,
  NetlinkWriter,
} from '../../src/kernel/netlink.ts';
import {
  nextHopIn,
  putNextHop,
  putNextHopDeletion,
  putNextHopDump,
} from '../../src/kernel/nextHopMessage.ts';
import { putRoute, putRouteDump, RouteSeen } from '../../src/kernel/routeMessage.ts';
import { parsePrefix } from '../../src/net/text.ts';
import { RowPrefix } from '../../src/rib/rowPrefix.ts';

const TERMS = { table: 254, metric: 20, protocol: 180 };
/** As strace shows what iproute2 6.1 sends for the same, but for ACK and the order of attributes. */
const LITTLE = {
  skip: endianness() === 'LE' ? false : 'the octets are of a little-endian machine',
};

function row(text: string): RowPrefix {
  const prefix = parsePrefix(text);
  if (!prefix) throw new Error(`no prefix: ${text}`);
  return RowPrefix.of(prefix);
}

function written(write: (writer: NetlinkWriter) => void): string {
  const writer = new NetlinkWriter(1024);
  write(writer);
  return Buffer.from(writer.memory.octets.subarray(0, writer.length)).toString('hex');
}

const hex = (text: string): string => text.replaceAll(/[^0-9a-f]/g, '');

t.test('a route is added so that no other of its metric is touched', LITTLE, (t) => {
  const added = written((writer) => putRoute(writer, 'add', 7, row('1.2.3.0/24'), TERMS, 0xb30001));
  const length = '3c000000';
  const header = `${length} 1800 0106 07000000 00000000`; // NEWROUTE, REQUEST|EXCL|CREATE
  const body = '02 18 00 00 fe b4 00 01 00000000';
  const attributes =
    '0800 0100 01020300  0800 0f00 fe000000  0800 0600 14000000  0800 1e00 0100b300';
  t.equal(added, hex(header + body + attributes));
  t.end();
});

t.test('an IPv6 route is replaced, and deleted by protocol and metric alone', LITTLE, (t) => {
  const route = row('2a02:100::/32');
  const destination = '1400 0100 2a020100000000000000000000000000';
  const own = '0800 0f00 fe000000  0800 0600 14000000';
  t.equal(
    written((writer) => putRoute(writer, 'replace', 8, route, TERMS, 0xb30002)),
    hex(`48000000 1800 0101 08000000 00000000  0a 20 00 00 fe b4 00 01 00000000
      ${destination} ${own} 0800 1e00 0200b300`),
  );
  t.equal(
    written((writer) => putRoute(writer, 'delete', 9, route, TERMS, 0)),
    hex(`40000000 1900 0100 09000000 00000000  0a 20 00 00 fe b4 ff 01 00000000
      ${destination} ${own}`),
  );
  t.end();
});

t.test('a table of a large number is in the attribute alone', LITTLE, (t) => {
  const text = written((writer) =>
    putRouteDump(writer, 3, 'ipv4', { table: 100_000, protocol: 180 }),
  );
  t.equal(
    text,
    hex('24000000 1a00 0103 03000000 00000000 02 00 00 00 00 b4 00 00 00000000 0800 0f00 a0860100'),
  );
  t.end();
});

const GATEWAY = Uint8Array.of(10, 0, 0, 2);
const OBJECT = { id: 0xb30001, family: 'ipv4', gateway: GATEWAY, interface: 7 } as const;

t.test('a nexthop object is made, led elsewhere, deleted', LITTLE, (t) => {
  const rest = '0800 0100 0100b300  0800 0500 07000000  0800 0600 0a000002';
  t.equal(
    written((writer) => putNextHop(writer, 1, OBJECT, 180, true)),
    hex(`30000000 6800 0506 01000000 00000000  02 00 b4 00 00000000 ${rest}`),
  );
  t.equal(
    written((writer) => putNextHop(writer, 2, OBJECT, 180, false)).slice(8, 16),
    '68000501',
    'REPLACE without CREATE: one that is gone is not made by the way',
  );
  t.equal(
    written((writer) => putNextHopDeletion(writer, 3, 0xb30001)),
    hex('20000000 6900 0500 03000000 00000000 00000000 00000000 0800 0100 0100b300'),
  );
  t.equal(
    written((writer) => putNextHopDump(writer, 4)),
    hex('18000000 6a00 0103 04000000 00000000 00000000 00000000'),
  );
  t.end();
});

function viewOf(octets: Uint8Array): MessageView {
  const memory = new NetlinkMemory(Math.max(4, (octets.length + 3) & ~3));
  memory.octets.set(octets);
  return new MessageView(memory);
}

t.test('what is written is read, one message behind the other', (t) => {
  const writer = new NetlinkWriter(1024);
  for (const text of ['1.2.3.0/24', '0.0.0.0/0', '2a02:100::/32', '2a02:100::1/128']) {
    putRoute(writer, 'add', 1, row(text), { ...TERMS, table: 70_000 }, 5);
  }
  putNextHop(writer, 2, OBJECT, 180, true);
  const view = viewOf(writer.memory.octets.subarray(0, writer.length));
  const seen = new RouteSeen();
  const found: unknown[] = [];
  eachMessage(view, writer.length, () => {
    const hop = nextHopIn(view);
    if (hop) found.push(hop);
    else if (seen.readMessage(view)) {
      const { family, word0, word3, length, table, metric, protocol, nextHop } = seen;
      t.match({ table, metric, protocol, nextHop }, { ...TERMS, table: 70_000, nextHop: 5 });
      found.push(`${family} ${word0 >>> 0} ${word3} ${length}`);
    }
  });
  t.same(found, [
    ...['ipv4 16909056 0 24', 'ipv4 0 0 0', 'ipv6 704774400 0 32', 'ipv6 704774400 1 128'],
    { id: 0xb30001, protocol: 180, object: OBJECT },
  ]);
  t.end();
});

t.test("an error has the kernel's number, and its words where it has some", LITTLE, (t) => {
  // -ENETUNREACH, then the request's header; the text is an attribute.
  const plain =
    '24000000 0200 0001 05000000 00000000  9bffffff 3c000000 1800 0106 05000000 00000000';
  const words = Buffer.from('No gateway\0').toString('hex');
  const told = `34000000 0200 0003 06000000 00000000  9bffffff 3c000000 1800 0106 06000000 00000000
    0f00 0100 ${words} 00`;
  const done =
    '24000000 0200 0001 07000000 00000000  00000000 3c000000 1800 0106 07000000 00000000';
  const octets = Uint8Array.from(Buffer.from(hex(plain + told + done), 'hex'));
  const view = viewOf(octets);
  const found: unknown[] = [];
  eachMessage(view, octets.length, () => found.push([view.sequence, faultIn(view)]));
  t.same(found, [
    [5, { errno: 101, text: undefined }],
    [6, { errno: 101, text: 'No gateway' }],
    [7, undefined],
  ]);
  t.end();
});

t.test('whatever comes is read to its end, and nothing behind it', (t) => {
  const lengths = fc.uint8Array({ minLength: 0, maxLength: 200 });
  fc.assert(
    fc.property(lengths, fc.nat(64), (octets, length) => {
      if (octets.length >= 4) octets.set([length, 0, 0, 0]);
      const view = viewOf(octets);
      const seen = new RouteSeen();
      eachMessage(view, octets.length, () => {
        t.ok(view.end <= octets.length);
        for (const type of [24, 104]) {
          view.type = type;
          seen.readMessage(view);
          nextHopIn(view);
        }
        faultIn(view);
      });
    }),
    { seed: 180, numRuns: 300 },
  );
  t.end();
});
