/** The kernel as the installer sees it: nexthop objects and routes that refer to them. */

import type { Family } from '../net/family.ts';
import type { PrefixWords } from '../rib/rowPrefix.ts';
import type { Fault } from './netlink.ts';
import type { NextHopObject, NextHopSeen } from './nextHopMessage.ts';
import type { RouteSeen, RouteVerb } from './routeMessage.ts';

/** What is said of a batch whose answers got lost, so that nobody knows what of it was done. */
export const LOST = 'lost';

export interface RouteKernel {
  /** 0: there is none of this name. */
  interfaceNumber(name: string): number;
  /** All there are, whose ever. */
  readNextHops(): readonly NextHopSeen[] | Fault;
  /** Those of our protocol in our table; the visitor gets the same object every time. */
  readRoutes(family: Family, visit: (route: RouteSeen) => void): Fault | undefined;
  /** Those that the kernel itself made for this machine's IPv6 addresses. */
  readConnected(visit: (route: RouteSeen) => void): Fault | undefined;
  /** `isNew`: there must be none of this id; otherwise there must be one. */
  putNextHop(object: NextHopObject, isNew: boolean): Fault | undefined;
  /** The routes that refer to it go with it. */
  deleteNextHop(id: number): Fault | undefined;
  /** Makes it a part of the batch. The row may change after that. */
  put(verb: RouteVerb, row: PrefixWords, nextHop: number): void;
  /** Carries the batch out; `onFault` gets the place in it of what was not done, and why. */
  flush(onFault: (index: number, fault: Fault) => void): typeof LOST | Fault | undefined;
  close(): void;
}
