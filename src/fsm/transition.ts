/**
 * The state machine of one connection (RFC 4271 §8.2.2), a pure function; each state's arms are in
 * a file of their own.
 */

import { match } from 'ts-pattern';
import { active } from './active.ts';
import { connect } from './connect.ts';
import { established } from './established.ts';
import type { FsmEvent } from './events.ts';
import { idle } from './idle.ts';
import { openConfirm } from './openConfirm.ts';
import { openSent } from './openSent.ts';
import type { State, StateName, Step } from './state.ts';

const is = {
  Idle: { name: 'Idle' },
  Connect: { name: 'Connect' },
  Active: { name: 'Active' },
  OpenSent: { name: 'OpenSent' },
  OpenConfirm: { name: 'OpenConfirm' },
} as const satisfies { readonly [N in Exclude<StateName, 'Established'>]: { readonly name: N } };

/** The next state, and what is to be done, in order. Never throws. */
export function transition(state: State, event: FsmEvent): Step {
  // Before any matching: every socket read of a full table comes through here.
  if (state.name === 'Established') return established(state, event);
  return match(state)
    .with(is.Idle, (now) => idle(now, event))
    .with(is.Connect, (now) => connect(now, event))
    .with(is.Active, (now) => active(now, event))
    .with(is.OpenSent, (now) => openSent(now, event))
    .with(is.OpenConfirm, (now) => openConfirm(now, event))
    .exhaustive();
}
