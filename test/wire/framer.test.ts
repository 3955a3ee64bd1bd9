import fc from 'fast-check';
import t from 'tap';
import { RemoteError } from '../../src/wire/errors.ts';
import { Framer } from '../../src/wire/framer.ts';
import { concat, message, octets } from '../support/octets.ts';

const keepalive = message(4, '');
const notification = message(3, '06 02');
const update = message(2, '0000 0000');
const longUpdate = message(2, new Uint8Array(4096 - 19).fill(0xff));

interface Framed {
  readonly messages: readonly Uint8Array[];
  readonly types: readonly number[];
  readonly error?: RemoteError;
}

/** Feeds the chunks through the socket's way in; copies what is visited, since it moves. */
function frame(framer: Framer, chunks: readonly Uint8Array[]): Framed {
  const messages: Uint8Array[] = [];
  const types: number[] = [];
  const visit = (type: number, start: number, end: number) => {
    types.push(type);
    messages.push(framer.bytes.slice(start, end));
    return true;
  };
  try {
    for (const chunk of chunks) {
      framer.window().set(chunk);
      framer.received(chunk.length, visit);
    }
  } catch (error) {
    if (!(error instanceof RemoteError)) throw error;
    return { messages, types, error };
  }
  return { messages, types };
}

function chunked(stream: Uint8Array, size: number): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < stream.length; at += size) chunks.push(stream.subarray(at, at + size));
  return chunks;
}

t.test('messages that arrive whole are visited in order, with their types', (t) => {
  const { messages, types } = frame(new Framer(), [concat(keepalive, update, notification)]);
  t.same(types, [4, 2, 3]);
  t.same(messages, [keepalive, update, notification]);
  t.end();
});

t.test('messages that arrive octet by octet are the same', (t) => {
  const stream = concat(update, keepalive, longUpdate, notification);
  const { messages } = frame(new Framer(), chunked(stream, 1));
  t.same(messages, [update, keepalive, longUpdate, notification]);
  t.end();
});

t.test('trailing octets wait for the rest of their message', (t) => {
  const framer = new Framer();
  const first = frame(framer, [concat(keepalive, update.subarray(0, 20))]);
  t.same(first.types, [4]);
  t.equal(framer.pending, 20);
  t.same(frame(framer, [update.subarray(20)]).messages, [update]);
  t.equal(framer.pending, 0);
  t.end();
});

t.test('every point at which a stream can be split in two gives the same messages', (t) => {
  const expected = [notification, keepalive, update];
  const stream = concat(...expected);
  for (let split = 0; split <= stream.length; split++) {
    const chunks = [stream.subarray(0, split), stream.subarray(split)];
    const { messages } = frame(new Framer(), chunks);
    if (messages.length !== 3) t.fail(`split at ${split}`);
    t.same(messages, expected);
  }
  t.end();
});

t.test('a message longer than the window is put together from many reads', (t) => {
  const framer = new Framer(100);
  const { messages } = frame(framer, chunked(concat(longUpdate, keepalive, longUpdate), 100));
  t.same(messages, [longUpdate, keepalive, longUpdate]);
  t.end();
});

t.test(
  'property: however the stream is cut, and whatever the window, the messages are the same',
  (t) => {
    const body = fc.uint8Array({ minLength: 4, maxLength: 600 });
    const stream = fc.array(body, { minLength: 1, maxLength: 12 });
    const cuts = fc.infiniteStream(fc.integer({ min: 1, max: 300 }));
    fc.assert(
      fc.property(stream, cuts, fc.integer({ min: 1, max: 300 }), (bodies, lengths, window) => {
        const expected = bodies.map((octets) => message(2, octets));
        const rest = concat(...expected);
        const chunks: Uint8Array[] = [];
        for (let at = 0; at < rest.length; ) {
          const length = Math.min(lengths.next().value ?? 1, window);
          chunks.push(rest.subarray(at, at + length));
          at += length;
        }
        t.same(frame(new Framer(window), chunks).messages, expected);
      }),
      { seed: 4271, numRuns: 60 },
    );
    t.end();
  },
);

t.test('push takes chunks of any size, also longer than the window', (t) => {
  const framer = new Framer(64);
  const seen: Uint8Array[] = [];
  const stream = concat(longUpdate, update, keepalive);
  framer.push(stream.subarray(0, 4100), (_, start, end) => {
    seen.push(framer.bytes.slice(start, end));
    return true;
  });
  framer.push(stream.subarray(4100), (_, start, end) => {
    seen.push(framer.bytes.slice(start, end));
    return true;
  });
  t.same(seen, [longUpdate, update, keepalive]);
  t.end();
});

t.test(
  'the window is one array for the life of the framer, and messages lie in its buffer',
  (t) => {
    const framer = new Framer();
    const window = framer.window();
    frame(framer, [concat(keepalive, update.subarray(0, 5))]);
    framer.allowExtendedMessages();
    t.equal(framer.window(), window);
    t.equal(window.buffer, framer.bytes.buffer);
    t.equal(window.length, 32768);
    t.end();
  },
);

t.test('a visitor that says false ends the stream, also for the reads after it', (t) => {
  const framer = new Framer();
  let visits = 0;
  const stop = () => ++visits < 2;
  framer.push(concat(keepalive, update, notification), stop);
  framer.push(keepalive, stop);
  t.equal(visits, 2);
  t.end();
});

t.test('§6.1: after an error nothing more is visited', (t) => {
  const framer = new Framer();
  t.ok(frame(framer, [octets('00'.repeat(19))]).error);
  const after = frame(framer, [keepalive]);
  t.same(after.types, []);
  t.notOk(after.error);
  t.end();
});

/** A header by hand: the length field and the type, then as many zeros as the length says. */
function header(length: number, type: number): Uint8Array {
  return Uint8Array.of(...Array(16).fill(0xff), length >>> 8, length & 0xff, type);
}

const refused: readonly [string, Uint8Array, number, string][] = [
  ['the first octet of the marker', octets(`00${'ff'.repeat(15)} 0013 04`), 1, ''],
  ['the last octet of the marker', octets(`${'ff'.repeat(15)}fe 0013 04`), 1, ''],
  ['a marker and a length (the marker counts)', octets(`${'00'.repeat(16)} 0000 09`), 1, ''],
  ['a length of 0', header(0, 4), 2, '0000'],
  ['a length of 18', header(18, 4), 2, '0012'],
  ['a length over 4096', header(4097, 2), 2, '1001'],
  ['an OPEN of 28 octets', header(28, 1), 2, '001c'],
  ['an UPDATE of 22 octets', header(22, 2), 2, '0016'],
  ['a NOTIFICATION of 20 octets', header(20, 3), 2, '0014'],
  ['a KEEPALIVE of 20 octets', header(20, 4), 2, '0014'],
  ['an unknown type with a bad length (the length counts)', header(18, 9), 2, '0012'],
  ['type 0', header(19, 0), 3, '00'],
  ['type 6', header(19, 6), 3, '06'],
  ['type 255', header(200, 255), 3, 'ff'],
];

for (const [what, octetsOfHeader, subcode, data] of refused) {
  t.test(`§6.1: ${what} is refused as soon as the header is there`, (t) => {
    const { error, types } = frame(new Framer(), chunked(concat(keepalive, octetsOfHeader), 7));
    t.match(error, { name: 'RemoteError', code: 1, subcode });
    t.same(error?.data, octets(data));
    t.same(types, [4]);
    t.end();
  });
}

t.test('§6.1: the shortest and the longest message of each type are let through', (t) => {
  const bodies: readonly [number, number][] = [
    [1, 29 - 19],
    [1, 4096 - 19],
    [2, 23 - 19],
    [2, 4096 - 19],
    [3, 21 - 19],
    [3, 4096 - 19],
    [4, 0],
    [5, 4],
    [5, 4096 - 19],
  ];
  const expected = bodies.map(([type, length]) => message(type, new Uint8Array(length)));
  const { messages, error } = frame(new Framer(), chunked(concat(...expected), 4000));
  t.notOk(error);
  t.same(messages, expected);
  t.end();
});

t.test('RFC 7313 §5: a ROUTE-REFRESH of the wrong length is not the header that is wrong', (t) => {
  const short = message(5, '00');
  t.same(frame(new Framer(), [short]).messages, [short]);
  t.end();
});

t.test('RFC 8654 §4: extended messages are let through once they are allowed', (t) => {
  const extended = message(2, new Uint8Array(65535 - 19).fill(1));
  t.match(frame(new Framer(), chunked(extended, 1000)).error, { subcode: 2 });
  const framer = new Framer();
  framer.allowExtendedMessages();
  const stream = concat(extended, keepalive, extended);
  t.same(frame(framer, chunked(stream, 32768)).messages, [extended, keepalive, extended]);
  t.end();
});

t.test(
  'RFC 8654 §4: they may be allowed from within a visit, for what is behind it in the same read',
  (t) => {
    const extended = message(2, new Uint8Array(5000).fill(1));
    const framer = new Framer();
    const lengths: number[] = [];
    framer.push(concat(keepalive, extended), (_, start, end) => {
      lengths.push(end - start);
      framer.allowExtendedMessages();
      return true;
    });
    t.same(lengths, [19, 5019]);
    t.end();
  },
);

t.test('RFC 8654 §4: OPEN never is', (t) => {
  const framer = new Framer();
  framer.allowExtendedMessages();
  const { error } = frame(framer, [header(4097, 1)]);
  t.match(error, { code: 1, subcode: 2, data: octets('1001') });
  t.end();
});

t.test('property: garbage ends in a header error or in nothing, never in anything else', (t) => {
  const mostlyOnes = fc.array(fc.oneof({ weight: 9, arbitrary: fc.constant(0xff) }, fc.nat(255)));
  const chunk = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    mostlyOnes.map((values) => Uint8Array.from(values)),
    fc.constantFrom(keepalive, update, notification),
  );
  fc.assert(
    fc.property(fc.array(chunk), (chunks) => {
      const { error, messages } = frame(
        new Framer(256),
        chunks.flatMap((c) => chunked(c, 256)),
      );
      const inOrder = concat(...messages);
      t.same(inOrder, concat(...chunks).subarray(0, inOrder.length));
      return error === undefined || error.code === 1;
    }),
    { seed: 6, numRuns: 200 },
  );
  t.end();
});
