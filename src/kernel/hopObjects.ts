/**
 * The nexthop objects that routes of ours refer to: one for each neighbour's next hop. Where a lost
 * upstream's routes are to be led elsewhere, its object is given another gateway, and all routes
 * follow at once. What a run before this one has left is taken over by gateway and interface.
 *
 *   slot    1 .. 16383, what `HopTable` calls a hop
 *   id      `FIRST_ID` + slot, or if that is somebody else's, 16384 further, and so on
 */

import { addressFromOctets } from '../net/address.ts';
import { MAX_HOPS } from '../rib/hopTable.ts';
import { FULL_PROTOCOL, type HopTarget } from './installMessages.ts';
import type { Fault } from './netlink.ts';
import type { NextHopObject, NextHopSeen } from './nextHopMessage.ts';
import type { RouteKernel } from './routeKernel.ts';

/** Numbers that nobody chooses by hand: "179" and a half word. */
export const FIRST_ID = 179 << 16;
/** So many ids are tried for a slot: the others may be somebody else's. */
const TRIES = 4;

interface Slot {
  /** What the main thread calls it; undefined: it is nobody's any more, or was found. */
  owner: number | undefined;
  /** As it is in the kernel; undefined: it is not there. */
  object: NextHopObject | undefined;
}

export interface HopObjectsOptions {
  readonly kernel: RouteKernel;
  /** The routes of this slot are gone from the kernel with its object. */
  readonly onLost: (slot: number) => void;
  /** Routes that wait for the slot can be put in. */
  readonly onMade: (slot: number) => void;
  readonly onFault: (what: string, fault: Fault) => void;
}

const EEXIST = 17;
const ENOENT = 2;
const ENODEV = 19;
const ENETDOWN = 100;

export class HopObjects {
  readonly #options: HopObjectsOptions;
  readonly #slots = new Map<number, Slot>();
  readonly #slotOf = new Map<number, number>();
  #targets: readonly HopTarget[] = [];

  constructor(options: HopObjectsOptions) {
    this.#options = options;
  }

  /** Slots that have an object. */
  get slots(): readonly number[] {
    return [...this.#slots].flatMap(([slot, { object }]) => (object ? [slot] : []));
  }

  /** 0: nobody has said where it leads, or no more objects fit. */
  slotOf(hop: number): number {
    return this.#slotOf.get(hop) ?? 0;
  }

  /** The id of the slot's object; 0: it is not there. */
  idOf(slot: number): number {
    return this.#slots.get(slot)?.object?.id ?? 0;
  }

  /** 0: it is not in our range. */
  slotOfId(id: number): number {
    const place = id - FIRST_ID;
    return place > 0 && place < TRIES * MAX_HOPS ? place % MAX_HOPS : 0;
  }

  /** These are in the kernel now. Returns false where they cannot be read: nothing is known then. */
  read(): boolean {
    const found = this.#options.kernel.readNextHops();
    if ('errno' in found) {
      this.#options.onFault('the nexthop objects', found);
      return false;
    }
    const ours = new Map<number, NextHopSeen>();
    for (const seen of found) {
      const slot = this.slotOfId(seen.id);
      if (slot > 0 && seen.protocol === FULL_PROTOCOL && seen.object) ours.set(slot, seen);
    }
    for (const [slot, known] of this.#slots) {
      if (!known.object || ours.has(slot)) continue;
      known.object = undefined;
      this.#options.onLost(slot);
    }
    for (const [slot, { object }] of ours) {
      const known = this.#slots.get(slot);
      if (known) known.object = object;
      else this.#slots.set(slot, { owner: undefined, object });
    }
    return true;
  }

  /** All hops that there are. */
  lead(targets: readonly HopTarget[]): void {
    this.#targets = targets;
    const owners = new Set(targets.map(({ hop }) => hop));
    for (const slot of this.#slots.values()) {
      if (slot.owner === undefined || owners.has(slot.owner)) continue;
      this.#slotOf.delete(slot.owner);
      slot.owner = undefined;
    }
    this.bring();
  }

  /** Every object is made what it is to be, where that is possible. */
  bring(): void {
    for (const target of this.#targets) this.#bring(target);
  }

  /** Objects that nobody owns, and no route refers to. */
  clear(isUsed: (slot: number) => boolean): void {
    for (const [slot, { owner, object }] of this.#slots) {
      if (owner !== undefined || isUsed(slot)) continue;
      if (object) this.#options.kernel.deleteNextHop(object.id);
      this.#slots.delete(slot);
    }
  }

  /** With all the routes that refer to them. */
  deleteAll(): void {
    for (const { object } of this.#slots.values()) {
      if (object) this.#options.kernel.deleteNextHop(object.id);
    }
    this.#slots.clear();
    this.#slotOf.clear();
  }

  #bring(target: HopTarget): void {
    const { kernel, onFault, onLost } = this.#options;
    const { family, gateway } = target;
    const device = target.device === undefined ? 0 : kernel.interfaceNumber(target.device);
    const slot = this.#slotFor(target, device);
    const known = this.#slots.get(slot);
    if (!known || device === 0) {
      const many = { errno: 0, text: `more than ${MAX_HOPS} next hops` };
      onFault(nameOf(target), known ? { errno: ENODEV, text: undefined } : many);
      return;
    }
    const object = { id: FIRST_ID + slot, family, gateway, interface: device };
    if (known.object && leadsAlike(known.object, object)) return;
    if (known.object) {
      const replacing = { ...object, id: known.object.id };
      const fault = kernel.putNextHop(replacing, false);
      if (!fault) known.object = replacing;
      if (fault?.errno !== ENOENT) {
        if (fault) onFault(nameOf(target), fault);
        return;
      }
      // The kernel has taken it with its interface, and the routes with it.
      known.object = undefined;
      onLost(slot);
    }
    this.#make(target, slot, known, object);
  }

  #make(target: HopTarget, slot: number, known: Slot, object: NextHopObject): void {
    const { kernel, onFault, onMade } = this.#options;
    let fault: Fault | undefined;
    for (let tried = 0; tried < TRIES; tried++) {
      const next = { ...object, id: object.id + tried * MAX_HOPS };
      fault = kernel.putNextHop(next, true);
      if (fault?.errno === EEXIST) continue;
      if (fault) break;
      known.object = next;
      onMade(slot);
      return;
    }
    // A dead link is told of by those who watch links; its routes wait for it.
    if (fault && fault.errno !== ENETDOWN) onFault(nameOf(target), fault);
  }

  /** What a run before us has left, if it leads there; otherwise a free one; 0: there is none. */
  #slotFor({ hop, family, gateway }: HopTarget, device: number): number {
    const known = this.#slotOf.get(hop);
    if (known !== undefined) return known;
    const wanted = { id: 0, family, gateway, interface: device };
    const left = [...this.#slots].find(
      ([, { owner, object }]) => owner === undefined && object && leadsAlike(object, wanted),
    );
    const slot = left?.[0] ?? this.#freeSlot();
    if (slot === 0) return 0;
    this.#slots.set(slot, { owner: hop, object: left?.[1].object });
    this.#slotOf.set(hop, slot);
    return slot;
  }

  #freeSlot(): number {
    for (let slot = 1; slot < MAX_HOPS; slot++) {
      if (!this.#slots.has(slot)) return slot;
    }
    return 0;
  }
}

function nameOf({ gateway, device }: HopTarget): string {
  const { text } = addressFromOctets(gateway);
  return device === undefined ? `no link is known to ${text}` : `next hop ${text} on ${device}`;
}

function leadsAlike(a: NextHopObject, b: NextHopObject): boolean {
  if (a.family !== b.family || a.interface !== b.interface) return false;
  return (
    a.gateway.length === b.gateway.length && a.gateway.every((each, i) => each === b.gateway[i])
  );
}
