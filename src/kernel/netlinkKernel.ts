/**
 * The kernel over netlink. A batch goes out as one send, whose last message alone is to be answered:
 * what fails is answered without being asked, and before that.
 */

import type { Family } from '../net/family.ts';
import type { PrefixWords } from '../rib/rowPrefix.ts';
import {
  eachMessage,
  type Fault,
  faultIn,
  MessageType,
  MessageView,
  NetlinkMemory,
  NetlinkWriter,
} from './netlink.ts';
import { errnoText, type NetlinkSocket } from './netlinkSocket.ts';
import {
  type NextHopObject,
  type NextHopSeen,
  nextHopIn,
  putNextHop,
  putNextHopDeletion,
  putNextHopDump,
} from './nextHopMessage.ts';
import { LOST, type RouteKernel } from './routeKernel.ts';
import {
  MAX_ROUTE_OCTETS,
  putRoute,
  putRouteDump,
  RouteSeen,
  type RouteTerms,
  type RouteVerb,
} from './routeMessage.ts';

/** Routes in a batch: it is the longest that a lost upstream waits for its turn. */
export const BATCH = 1000;

const RECEIVE_OCTETS = 1 << 16;
const ENOENT = 2;
const ENOBUFS = 105;
/** Behind it a batch begins anew, far from where the numbers end. */
const LAST_SEQUENCE = 0x7fff_0000;
/** RTPROT_KERNEL. */
const KERNEL_PROTOCOL = 2;

export class NetlinkKernel implements RouteKernel {
  readonly #socket: NetlinkSocket;
  readonly #terms: RouteTerms;
  readonly #batch = new NetlinkWriter(BATCH * MAX_ROUTE_OCTETS);
  readonly #request = new NetlinkWriter(256);
  readonly #view = new MessageView(new NetlinkMemory(RECEIVE_OCTETS));
  readonly #seen = new RouteSeen();
  /** Of the next request. */
  #sequence = 1;
  /** Of the first message of the batch, and how many it has. */
  #first = 1;
  #count = 0;

  constructor(socket: NetlinkSocket, terms: RouteTerms) {
    this.#socket = socket;
    this.#terms = terms;
  }

  interfaceNumber(name: string): number {
    return this.#socket.interfaceNumber(name);
  }

  readNextHops(): readonly NextHopSeen[] | Fault {
    const found: NextHopSeen[] = [];
    const fault = this.#dump(
      (sequence) => putNextHopDump(this.#request, sequence),
      () => {
        const seen = nextHopIn(this.#view);
        if (seen) found.push(seen);
      },
    );
    return fault ?? found;
  }

  readRoutes(family: Family, visit: (route: RouteSeen) => void): Fault | undefined {
    const { table, metric, protocol } = this.#terms;
    return this.#readRoutes(family, { table, protocol }, (route) => {
      if (route.metric === metric) visit(route);
    });
  }

  readConnected(visit: (route: RouteSeen) => void): Fault | undefined {
    const { table } = this.#terms;
    return this.#readRoutes('ipv6', { table, protocol: KERNEL_PROTOCOL }, visit);
  }

  putNextHop(object: NextHopObject, isNew: boolean): Fault | undefined {
    return this.#ask((sequence) =>
      putNextHop(this.#request, sequence, object, this.#terms.protocol, isNew),
    );
  }

  deleteNextHop(id: number): Fault | undefined {
    return this.#ask((sequence) => putNextHopDeletion(this.#request, sequence, id));
  }

  put(verb: RouteVerb, row: PrefixWords, nextHop: number): void {
    if (this.#count === 0) {
      this.#batch.clear();
      if (this.#sequence > LAST_SEQUENCE) this.#sequence = 1;
      this.#first = this.#sequence;
    }
    putRoute(this.#batch, verb, this.#next(), row, this.#terms, nextHop);
    this.#count++;
  }

  flush(onFault: (index: number, fault: Fault) => void): typeof LOST | Fault | undefined {
    const batch = this.#batch;
    if (this.#count === 0) return undefined;
    const last = this.#first + this.#count - 1;
    this.#count = 0;
    batch.acknowledge();
    const errno = this.#socket.send(batch.memory.octets, batch.length);
    if (errno !== 0) return { errno, text: undefined };
    let isAnswered = false;
    const failure = this.#receive(() => {
      const { type, sequence } = this.#view;
      if (type !== MessageType.error || sequence < this.#first || sequence > last) return;
      if (sequence === last) isAnswered = true;
      const fault = faultIn(this.#view);
      if (fault) onFault(sequence - this.#first, fault);
    });
    return failure || !isAnswered ? LOST : undefined;
  }

  close(): void {
    this.#socket.close();
  }

  /** One request and its answer. */
  #ask(write: (sequence: number) => void): Fault | undefined {
    const sequence = this.#next();
    this.#request.clear();
    write(sequence);
    const errno = this.#socket.send(this.#request.memory.octets, this.#request.length);
    if (errno !== 0) return { errno, text: undefined };
    let fault: Fault | undefined = { errno: ENOBUFS, text: undefined };
    this.#receive(() => {
      const { type, sequence: answered } = this.#view;
      if (type === MessageType.error && answered === sequence) fault = faultIn(this.#view);
    });
    return fault;
  }

  #readRoutes(
    family: Family,
    terms: Pick<RouteTerms, 'table' | 'protocol'>,
    visit: (route: RouteSeen) => void,
  ): Fault | undefined {
    const seen = this.#seen;
    const fault = this.#dump(
      (sequence) => putRouteDump(this.#request, sequence, family, terms),
      () => {
        if (!seen.readMessage(this.#view)) return;
        // A kernel that does not filter gives everything there is.
        if (seen.protocol === terms.protocol && seen.table === terms.table) visit(seen);
      },
    );
    // Nobody has put anything into the table yet.
    return fault?.errno === ENOENT ? undefined : fault;
  }

  #dump(write: (sequence: number) => void, visit: () => void): Fault | undefined {
    const sequence = this.#next();
    this.#request.clear();
    write(sequence);
    const errno = this.#socket.send(this.#request.memory.octets, this.#request.length);
    if (errno !== 0) return { errno, text: undefined };
    let isDone = false;
    let fault: Fault | undefined;
    const failure = this.#receive(() => {
      if (this.#view.sequence !== sequence) return;
      const { type } = this.#view;
      if (type === MessageType.error || type === MessageType.done) {
        isDone = true;
        fault = faultIn(this.#view);
      } else visit();
    });
    return failure ?? fault ?? (isDone ? undefined : { errno: ENOBUFS, text: undefined });
  }

  /** Everything that waits to be read; the kernel has put it there before a send returns. */
  #receive(visit: () => void): Fault | undefined {
    const { octets } = this.#view.memory;
    let failure: Fault | undefined;
    for (;;) {
      const length = this.#socket.receive(octets);
      if (length === 0) return failure;
      // What was lost is told once; what was not waits behind it.
      if (length < 0) {
        failure = { errno: -length, text: undefined };
        if (-length !== ENOBUFS) return failure;
      } else eachMessage(this.#view, length, visit);
    }
  }

  #next(): number {
    return this.#sequence++;
  }
}

export function faultText({ errno, text }: Fault): string {
  return text ?? errnoText(errno);
}
