/**
 * How other implementations behave when two connections meet, as far as it can be seen from outside.
 * Written down from their behaviour, not for their errors: everything else that they do is left out.
 */

import type { Action } from '../../src/fsm/actions.ts';
import type { ConnectionEvent } from '../../src/fsm/events.ts';
import type { Side, SidedAction } from '../../src/fsm/neighbour.ts';
import type { NotificationMessage } from '../../src/wire/notification.ts';
import { openOf } from './fsm.ts';
import type { Program, Speaker } from './program.ts';

type Place = 'idle' | 'connecting' | 'openSent' | 'openConfirm' | 'established' | 'silent';

export interface Manner {
  /** Between which connections §6.8 decides when an OPEN comes on one of them. */
  readonly examines: readonly Place[];
  /** One connection a neighbour, whoever made it. */
  readonly single: boolean;
  /** An attempt of its own that is under way does not live beside ... */
  readonly givesUpConnecting: 'accepted' | 'answered' | 'established';
  /** The other connection ends, without a word, when one is Established. */
  readonly closesOther: boolean;
  /** Takes connections, and never speaks on them. */
  readonly silentPort: boolean;
}

const speaking = { single: false, closesOther: false, silentPort: false } as const;

export const MANNERS = {
  'a speaker that examines OpenConfirm only (BIRD)': {
    ...speaking,
    examines: ['openConfirm'],
    givesUpConnecting: 'answered',
  },
  'a speaker that examines OpenSent as well (FRR)': {
    ...speaking,
    examines: ['openSent', 'openConfirm'],
    givesUpConnecting: 'established',
    closesOther: true,
  },
  'a speaker with one connection, that ends its attempt when it takes another (OpenBGPD)': {
    ...speaking,
    examines: [],
    single: true,
    givesUpConnecting: 'accepted',
  },
  'a speaker with one connection, that closes the second when it is made (GoBGP)': {
    ...speaking,
    examines: [],
    single: true,
    givesUpConnecting: 'established',
  },
  'a speaker whose port accepts and says nothing': {
    ...speaking,
    examines: [],
    givesUpConnecting: 'established',
    silentPort: true,
  },
} as const satisfies Record<string, Manner>;

const OTHER = { outgoing: 'incoming', incoming: 'outgoing' } as const;
const NO_DATA = new Uint8Array(0);
const COLLISION = { code: 6, subcode: 7, data: NO_DATA };
const UNEXPECTED = { code: 5, subcode: 0, data: NO_DATA };

export function other(manner: Manner, local: Speaker, peer: Speaker): Program {
  return new Other({
    manner,
    local,
    isHigher: local.bgpIdentifier > peer.bgpIdentifier,
    started: false,
    outgoing: 'idle',
    incoming: 'idle',
  });
}

interface OtherState {
  readonly manner: Manner;
  readonly local: Speaker;
  readonly isHigher: boolean;
  readonly started: boolean;
  readonly outgoing: Place;
  readonly incoming: Place;
}

type OtherRan = readonly [Other, readonly SidedAction[]];

class Other implements Program {
  readonly isPatient = false;
  readonly #state: OtherState;

  constructor(state: OtherState) {
    this.#state = state;
  }

  get text(): string {
    const { started, outgoing, incoming } = this.#state;
    return `${started} ${outgoing} + ${incoming}`;
  }

  get up(): readonly Side[] {
    return (['outgoing', 'incoming'] as const).filter((s) => this.#state[s] === 'established');
  }

  get accepts(): boolean {
    const { manner, started, outgoing, incoming } = this.#state;
    const hasRoom = !manner.single || outgoing === 'idle' || outgoing === 'connecting';
    return started && incoming === 'idle' && hasRoom;
  }

  get canRetry(): boolean {
    const { manner, started, outgoing, incoming } = this.#state;
    const isBusy = incoming === 'openConfirm' || incoming === 'established';
    return started && outgoing === 'idle' && !isBusy && (!manner.single || incoming === 'idle');
  }

  get isTrying(): boolean {
    const { started, outgoing, incoming } = this.#state;
    const isFree = incoming === 'idle' || incoming === 'silent';
    return started && isFree && (outgoing === 'idle' || outgoing === 'connecting');
  }

  start(): OtherRan {
    return [this.#with({ started: true, outgoing: 'connecting' }), [does('outgoing', CONNECT)]];
  }

  retry(): OtherRan {
    return [this.#with({ outgoing: 'connecting' }), [does('outgoing', CONNECT)]];
  }

  endPatience(): OtherRan {
    return [this, []];
  }

  step(side: Side, event: ConnectionEvent): OtherRan {
    const { manner } = this.#state;
    const isOtherBusy = !['idle', 'connecting'].includes(this.#state[OTHER[side]]);
    switch (event.type) {
      case 'TcpCRAcked':
        return manner.single && isOtherBusy ? this.#close(side) : this.#open(side);
      case 'TcpConnectionConfirmed':
        if (manner.silentPort) return [this.#with({ incoming: 'silent' }), []];
        return this.#withoutAttempt('accepted', this.#open(side));
      case 'BGPOpen':
        return this.#opened(side);
      case 'KeepAliveMsg':
        return this.#kept(side);
      default:
        return this.#close(side);
    }
  }

  #open(side: Side): OtherRan {
    const { asn, bgpIdentifier } = this.#state.local;
    const open = openOf(asn, { bgpIdentifier });
    return [this.#with({ [side]: 'openSent' }), [does(side, { type: 'sendOpen', open })]];
  }

  #opened(side: Side): OtherRan {
    const { manner, isHigher } = this.#state;
    const rival = this.#state[OTHER[side]];
    // A port that is silent does not listen to what comes in, either.
    if (this.#state[side] === 'silent') return [this, []];
    if (this.#state[side] !== 'openSent') return this.#close(side, UNEXPECTED);
    if (rival === 'established') return this.#close(side, COLLISION);
    const collides = manner.examines.includes(rival);
    const wins = isHigher === (side === 'outgoing');
    if (collides && !wins) return this.#close(side, COLLISION);
    const first: OtherRan = collides ? this.#close(OTHER[side], COLLISION) : [this, []];
    const answered = then(first, (next) => [
      next.#with({ [side]: 'openConfirm' }),
      [does(side, { type: 'sendKeepalive' })],
    ]);
    return this.#withoutAttempt('answered', answered);
  }

  #kept(side: Side): OtherRan {
    const place = this.#state[side];
    if (place === 'established' || place === 'silent') return [this, []];
    if (place !== 'openConfirm') return this.#close(side, UNEXPECTED);
    const up: OtherRan = [this.#with({ [side]: 'established' }), []];
    const rival = this.#state[OTHER[side]];
    const ends = this.#state.manner.closesOther && rival !== 'idle' && rival !== 'connecting';
    const alone = ends ? then(up, (next) => next.#close(OTHER[side])) : up;
    return this.#withoutAttempt('established', alone);
  }

  /** What becomes of an attempt under way when the other connection has come so far. */
  #withoutAttempt(now: Manner['givesUpConnecting'], ran: OtherRan): OtherRan {
    if (this.#state.manner.givesUpConnecting !== now || this.#state.outgoing !== 'connecting') {
      return ran;
    }
    return then(ran, (next) => next.#close('outgoing'));
  }

  #close(side: Side, notification?: NotificationMessage): OtherRan {
    const last = notification ? [does(side, { type: 'sendNotification', notification })] : [];
    return [this.#with({ [side]: 'idle' }), [...last, does(side, { type: 'dropTcp' })]];
  }

  #with(changed: Partial<OtherState>): Other {
    return new Other({ ...this.#state, ...changed });
  }
}

const CONNECT = { type: 'connectTcp' } as const;

function does(side: Side, action: Action): SidedAction {
  return { side, action };
}

function then([program, actions]: OtherRan, step: (next: Other) => OtherRan): OtherRan {
  const [next, more] = step(program);
  return [next, [...actions, ...more]];
}
