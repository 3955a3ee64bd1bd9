/** An event as a record keeps it: without what follows from the rest, and what a RIB would fill. */

import type { RecordedEvent } from '../record/line.ts';
import type { SpeakerEvent } from '../speaker/speaker.ts';
import type { DaemonEvent } from './events.ts';

/** Undefined: it only says what the decision before it says. */
export function recordedEvent(event: DaemonEvent | SpeakerEvent): RecordedEvent | undefined {
  switch (event.type) {
    case 'AnnouncementHeld':
    case 'DrainAdvanced':
    case 'DrainUndone':
    case 'DrainLeavesNowhere':
    case 'DoubtChanged':
    case 'CheckLapsed':
    case 'FailureHeld':
    case 'FailureReleased':
      return undefined;
    case 'ConfigLoaded': {
      const { type, at } = event;
      const kept = { type, at };
      return kept;
    }
    case 'RoutesSent': {
      const { type, neighbour, at, asked } = event;
      const kept = { type, neighbour, at, asked };
      return kept;
    }
    case 'SessionUp': {
      const { type, neighbour, at, direction, negotiated } = event;
      const { families, gracefulRestart, fourOctetAs, addPath } = negotiated;
      const agreed = { families, gracefulRestart, fourOctetAs, addPath };
      const kept = { type, neighbour, at, direction, negotiated: agreed };
      return kept;
    }
    default:
      return event;
  }
}
