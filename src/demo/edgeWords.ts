/** What the edge does, in the words of the timeline: from the same events as the daemon's log. */

import { match, P } from 'ts-pattern';
import { downReasonText, prefixList } from '../control/words.ts';
import type { DaemonEvent } from '../daemon/events.ts';
import type { SpeakerEvent } from '../speaker/speaker.ts';

/** Undefined: nothing that belongs into the story, or its cause, which is told when it is made. */
export function edgeWords(event: DaemonEvent | SpeakerEvent): string | undefined {
  return match(event)
    .with({ type: 'StateChanged', to: 'Connect' }, (e) => `connects to ${e.neighbour}`)
    .with({ type: 'SessionUp' }, (e) => `session with ${e.neighbour} is up`)
    .with(
      { type: 'SessionDown', reason: { kind: 'stopped' } },
      (e) => `drops the session with ${e.neighbour}`,
    )
    .with(
      { type: 'SessionDown', wasUp: true },
      (e) => `loses ${e.neighbour}: ${downReasonText(e.reason)}`,
    )
    .with(
      { type: 'SessionDown' },
      (e) => `cannot open a session with ${e.neighbour}: ${downReasonText(e.reason)}`,
    )
    .with({ type: 'ConnectFailed' }, (e) => `cannot reach ${e.neighbour}: ${e.cause}`)
    .with(
      { type: 'AnnouncementHeld' },
      (e) => `holds ${prefixList(e.prefixes)} back at ${e.neighbour}: flaps must not add up there`,
    )
    .with({ type: 'RoutesSent' }, (e) => `writes UPDATE to ${e.neighbour}: ${routesText(e)}`)
    .with(
      {
        type: P.union(
          'LinkChanged',
          'StopRequested',
          'StateChanged',
          'UpdateFault',
          'InternalError',
          'ConnectionsRefused',
          'PrefixLimit',
          'PathsNotKept',
          'RouteTooLarge',
          'ReceiverOverwhelmed',
          'RoutingError',
          'WatcherFailed',
          'WatcherRecovered',
          'PathsResolved',
          'ConfigLoaded',
          'AddressesChanged',
          'LinkForgotten',
          'EndOfRib',
          'RoutesKept',
          'RoutesLongLived',
          'RoutesSwept',
          'CheckChanged',
          'CheckFailed',
          'CheckForgotten',
          'BfdChanged',
          'BfdForgotten',
          'KernelRoutesChanged',
          'KernelFailed',
          'KernelLeftovers',
          'KernelSettled',
          'KeyMismatchFound',
          'TrafficMeasured',
          'OrdersChanged',
          'TimeCame',
          'StoodStill',
          'CheckLapsed',
          'DrainAdvanced',
          'DrainUndone',
          'DrainLeavesNowhere',
          'FailureHeld',
          'FailureReleased',
          'DoubtChanged',
          'SignsChanged',
          'StateSetAside',
          'StateUnsaved',
          'StateSavedAgain',
          'RecordFailed',
          'RecordResumed',
          'ClockJumped',
          'StationUp',
          'StationDown',
        ),
      },
      () => undefined,
    )
    .exhaustive();
}

interface Routes {
  readonly announced: readonly string[];
  readonly withdrawn: readonly string[];
}

function routesText({ announced, withdrawn }: Routes): string {
  const parts: string[] = [];
  if (announced.length > 0) parts.push(`announce ${prefixList(announced)}`);
  if (withdrawn.length > 0) parts.push(`withdraw ${prefixList(withdrawn)}`);
  return parts.join(', ');
}
