/** The daemon's file: everything is let in, so that what is hostile gets as far as it can. */

import { OPEN_IMPORT } from '../soak/file.ts';
import type { Attack } from './attacks.ts';
import { STEADY_HOLD_TIME } from './steadyTerms.ts';

/** Where an attack comes from. */
export interface Placed {
  readonly attack: Attack;
  readonly asn: number;
  readonly address: string;
}

export interface Around {
  readonly socket: string;
  readonly port: number;
  /** AS numbers of the two that send tables. */
  readonly steady: number;
  readonly cycler: number;
  readonly placed: readonly Placed[];
  /** Whether there is somebody who is sent what was learned. */
  readonly passesOn: boolean;
}

const ALL = {
  families: ['ipv4', 'ipv6'],
  'next-hop': { ipv6: '2001:db8::1' },
  'local-address': '127.0.0.1',
  passive: true,
  import: OPEN_IMPORT,
};

export function fileOf({ socket, port, steady, cycler, placed, passesOn }: Around): object {
  const on = (side: Attack['side']) =>
    placed
      .filter(({ attack }) => attack.side === side)
      .map(({ attack, asn, address }) => [
        attack.name,
        { ...ALL, accept: side === 'upstream' ? 'full' : 'none', asn, address, ...attack.keys },
      ]);
  const source = { ...ALL, accept: 'full', 'hold-time': `${STEADY_HOLD_TIME}s` };
  const taker = { ...ALL, accept: 'none', 'hold-time': `${STEADY_HOLD_TIME}s` };
  return {
    asn: 64500,
    'router-id': '192.0.2.1',
    listen: [`127.0.0.1:${port}`],
    control: { socket },
    log: { format: 'json' },
    prefixes: ['203.0.113.0/24'],
    upstreams: {
      ...Object.fromEntries(on('upstream')),
      steady: { ...source, asn: steady, address: '127.0.0.11' },
      cycler: { ...source, asn: cycler, address: '127.0.0.13' },
    },
    ...(passesOn && {
      downstreams: {
        ...Object.fromEntries(on('downstream')),
        taker: { ...taker, asn: 64701, address: '127.0.0.12' },
      },
    }),
  };
}
