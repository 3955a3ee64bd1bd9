/** Puts TCP segments together to the streams of octets that the two ends read. */

import type { TcpSegment } from './pcap.ts';

export interface TcpStream {
  readonly source: string;
  readonly target: string;
  /** What is contiguous; more than one where the capture lacks something in between. */
  readonly runs: readonly Uint8Array[];
}

/** One a direction and connection; a SYN begins a new connection with the same ports. */
export function tcpStreams(segments: readonly TcpSegment[]): TcpStream[] {
  const streams: { key: string; source: string; target: string; segments: TcpSegment[] }[] = [];
  for (const segment of segments) {
    const { source, target } = segment;
    const key = `${source} ${target}`;
    const known = streams.findLast((stream) => stream.key === key);
    if (!known || (segment.syn && known.segments.some((other) => other.payload.length > 0))) {
      streams.push({ key, source, target, segments: [segment] });
    } else {
      known.segments.push(segment);
    }
  }
  return streams.map(({ source, target, segments }) => ({
    source,
    target,
    runs: runsOf(segments),
  }));
}

function runsOf(segments: readonly TcpSegment[]): Uint8Array[] {
  const first = segments[0]?.sequence ?? 0;
  // Sequence numbers wrap; what is said relative to the first one does not, in captures this small.
  const placed = segments
    .filter((segment) => segment.payload.length > 0)
    .map(({ sequence, payload }) => ({ at: (sequence - first) | 0, payload }))
    .sort((a, b) => a.at - b.at);
  const runs: number[][] = [];
  let next = Number.NaN;
  for (const { at, payload } of placed) {
    const seen = next - at; // octets that were sent before
    if (!(seen >= 0)) {
      runs.push([...payload]);
      next = at + payload.length;
    } else if (seen < payload.length) {
      runs.at(-1)?.push(...payload.subarray(seen));
      next = at + payload.length;
    }
  }
  return runs.map((run) => Uint8Array.from(run));
}
