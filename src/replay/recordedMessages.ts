/**
 * What a record has of messages and states, as MRT for other tools. KEEPALIVEs are in no record, and
 * neither are learned routes that were passed on.
 */

import { type Config, neighboursOf } from '../config/config.ts';
import { loadConfig } from '../config/load.ts';
import type { StateName } from '../fsm/state.ts';
import { type MrtSession, messageRecord, stateRecord } from '../mrt/bgp4mp.ts';
import type { IpAddress } from '../net/address.ts';
import { parseAddress } from '../net/text.ts';
import type { Line, RecordedEvent } from '../record/line.ts';
import type { NumberedLine } from '../record/readRecord.ts';
import { octetsOf } from '../record/recordText.ts';
import type { CodecContext } from '../wire/context.ts';
import { messageLength } from '../wire/header.ts';

interface Way {
  readonly local: IpAddress | undefined;
  readonly fourOctetAs: boolean;
  readonly sendsPaths: boolean;
  readonly receivesPaths: boolean;
}

/** RFC 6793 §4: what is sent before anything was agreed on has no AS paths. */
const NEW: Way = { local: undefined, fourOctetAs: true, sendsPaths: false, receivesPaths: false };

/** One MRT record after the other. */
export function* recordedMessages(lines: readonly NumberedLine[]): Generator<Uint8Array> {
  const messages = new Messages();
  for (const { line } of lines) yield* messages.of(line);
}

class Messages {
  #config: Config | undefined;
  /** By neighbour. */
  readonly #ways = new Map<string, Way>();

  *of(line: Line): Generator<Uint8Array> {
    switch (line.do) {
      case 'config':
        this.#config = loadConfig(line.text, 'the recorded configuration').config;
        break;
      case 'image':
        for (const [name, { outlet }] of line.held) this.#open(name, outlet);
        break;
      case 'event':
        yield* this.#event(line.event, line.at);
        break;
      case 'opened':
        this.#open(line.with, line.outlet);
        break;
      case 'sent':
        if (line.local !== undefined) this.#learn(line.with, { local: parseAddress(line.local) });
        yield* this.#messages(line.with, line.octets, true, line.at);
        break;
      case 'routes':
      case 'end-of-rib':
        yield* this.#messages(line.with, line.octets, true, line.at);
        break;
      case 'received':
        yield* this.#messages(line.with, line.octets, false, line.at);
        break;
      default:
    }
  }

  *#event(event: RecordedEvent, at: number): Generator<Uint8Array> {
    if (isStateChange(event)) {
      const session = this.#session(event.neighbour);
      if (session) yield stateRecord(session, event.from, event.to, at);
    }
    if (isSessionUp(event)) {
      const { addPath, fourOctetAs } = event.negotiated;
      const receivesPaths = addPath.receive.ipv4 || addPath.receive.ipv6;
      this.#learn(event.neighbour, { fourOctetAs, receivesPaths });
    }
  }

  #open(name: string, outlet: { localAddress: string; context: CodecContext }): void {
    const { fourOctetAs, addPath } = outlet.context;
    const sendsPaths = addPath.ipv4 || addPath.ipv6;
    this.#learn(name, { local: parseAddress(outlet.localAddress), fourOctetAs, sendsPaths });
  }

  #learn(name: string, way: Partial<Way>): void {
    this.#ways.set(name, { ...(this.#ways.get(name) ?? NEW), ...way });
  }

  *#messages(name: string, hex: string, sent: boolean, at: number): Generator<Uint8Array> {
    const session = this.#session(name);
    if (!session) return;
    const { fourOctetAs, sendsPaths, receivesPaths } = this.#ways.get(name) ?? NEW;
    const addPath = sent ? sendsPaths : receivesPaths;
    for (const octets of messagesIn(octetsOf(hex))) {
      yield messageRecord(session, { octets, sent, fourOctetAs, addPath }, at);
    }
  }

  #session(name: string): MrtSession | undefined {
    const config = this.#config;
    const neighbour = config && neighboursOf(config).find((each) => each.name === name);
    if (!neighbour) return undefined;
    const local = this.#ways.get(name)?.local ?? neighbour.localAddress;
    return { peerAs: neighbour.asn, localAs: config.asn, peer: neighbour.address, local };
  }
}

/** Messages that stand back to back; what is none is left out. */
function* messagesIn(octets: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at + HEADER <= octets.length; ) {
    const length = messageLength(octets, at);
    if (length < HEADER || at + length > octets.length) return;
    yield octets.subarray(at, at + length);
    at += length;
  }
}

const HEADER = 19;

interface StateChange extends RecordedEvent {
  readonly neighbour: string;
  readonly from: StateName;
  readonly to: StateName;
}

function isStateChange(event: RecordedEvent): event is StateChange {
  return event.type === 'StateChanged';
}

interface SessionUp extends RecordedEvent {
  readonly neighbour: string;
  readonly negotiated: {
    readonly fourOctetAs: boolean;
    readonly addPath: { readonly receive: { readonly ipv4: boolean; readonly ipv6: boolean } };
  };
}

function isSessionUp(event: RecordedEvent): event is SessionUp {
  return event.type === 'SessionUp';
}
