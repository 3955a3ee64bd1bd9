/** The BGP messages of a capture, each described as the session that received it would see it. */

import { type Capability, capabilitiesOf } from '../../src/wire/capability.ts';
import { MessageType } from '../../src/wire/constants.ts';
import type { CodecContext } from '../../src/wire/context.ts';
import { describeMessage, type MessageDescription } from '../../src/wire/describe.ts';
import { Framer } from '../../src/wire/framer.ts';
import { readOpen } from '../../src/wire/open.ts';
import { readTcpSegments } from './pcap.ts';
import { type TcpStream, tcpStreams } from './tcpStreams.ts';

interface Speaker {
  readonly stream: TcpStream;
  /** From its OPEN; undefined when that was not captured or cannot be read. */
  readonly capabilities: readonly Capability[] | undefined;
}

/** Throws RemoteError where a stream cannot be framed. */
export function capturedMessages(path: string): MessageDescription[] {
  const speakers = tcpStreams(readTcpSegments(path)).map((stream) => ({
    stream,
    capabilities: capabilitiesIn(stream),
  }));
  return speakers.flatMap((sender) => {
    const receiver = speakers.find(
      ({ stream }) =>
        stream.source === sender.stream.target && stream.target === sender.stream.source,
    );
    return describeStream(sender.stream, contexts(sender, receiver));
  });
}

function capabilitiesIn(stream: TcpStream): readonly Capability[] | undefined {
  const found: (readonly Capability[])[] = [];
  visit(stream, (bytes, type, start, end) => {
    if (type !== MessageType.open) return;
    try {
      found.push(readOpen(bytes, start, end).capabilities);
    } catch {
      // an OPEN that cannot be read negotiates nothing
    }
  });
  return found.at(-1);
}

/**
 * What both OPENs agree on; one that was not captured agrees with everything. Without any OPEN
 * there is no telling how wide AS numbers are: both ways are tried.
 */
function contexts(sender: Speaker, receiver: Speaker | undefined): CodecContext[] {
  const [sent, received] = [sender.capabilities, receiver?.capabilities];
  const base = {
    addPath: { ipv4: addPath(1, sent, received), ipv6: addPath(2, sent, received) },
    extendedMessages: false,
    extendedNextHop: false,
    internal: true, // nothing that only internal neighbours send is a fault
  };
  if (!sent && !received) {
    return [true, false].map((fourOctetAs) => ({ ...base, fourOctetAs }));
  }
  const fourOctetAs = [sent, received].every(
    (list) => !list || capabilitiesOf(list, 'fourOctetAs').length > 0,
  );
  return [{ ...base, fourOctetAs }];
}

/** RFC 7911 §5: the one offers to send (2, 3), the other to receive (1, 3). */
function addPath(
  afi: number,
  sent: readonly Capability[] | undefined,
  received: readonly Capability[] | undefined,
): boolean {
  const offers = (list: readonly Capability[] | undefined, bit: number) =>
    capabilitiesOf(list ?? [], 'addPath').some(({ entries }) =>
      entries.some((e) => e.afi === afi && e.safi === 1 && (e.sendReceive & bit) !== 0),
    );
  return offers(sent, 2) && offers(received, 1);
}

const SEVERITY = ['ok', 'attribute-discard', 'treat-as-withdraw', 'session-reset'] as const;

function describeStream(stream: TcpStream, contexts: readonly CodecContext[]) {
  const messages: MessageDescription[] = [];
  visit(stream, (bytes, type, start, end) => {
    const readings = contexts.map((context) => describeMessage(bytes, type, start, end, context));
    const severity = (d: MessageDescription) => SEVERITY.indexOf(d.verdict.kind);
    messages.push(readings.reduce((best, d) => (severity(d) < severity(best) ? d : best)));
  });
  return messages;
}

function visit(
  stream: TcpStream,
  see: (bytes: Uint8Array, type: number, start: number, end: number) => void,
): void {
  for (const run of stream.runs) {
    const framer = new Framer();
    framer.push(run, (type, start, end) => {
      see(framer.bytes, type, start, end);
      return true;
    });
  }
}
