import t from 'tap';
import type { DownReason } from '../../src/fsm/actions.ts';
import { SessionTally } from '../../src/session/tally.ts';

const BAD_PEER_AS: DownReason = {
  kind: 'notificationReceived',
  notification: { code: 2, subcode: 2, data: new Uint8Array() },
};
const CLOSED: DownReason = { kind: 'tcpFailed', cause: 'closed by the neighbour' };

t.test('what a NOTIFICATION said is not forgotten for connections that are closed since', (t) => {
  const tally = new SessionTally(0);
  t.equal(tally.down(1000, BAD_PEER_AS, false), true);
  t.equal(tally.down(2000, CLOSED, false), true, 'it is told of all the same');
  t.same(tally.lastDown, { at: 1000, reason: BAD_PEER_AS });
  tally.down(3000, { kind: 'holdTimerExpired' }, false);
  t.same(tally.lastDown, { at: 3000, reason: { kind: 'holdTimerExpired' } });
  t.end();
});

t.test('it is once it is old, or a session was up since', (t) => {
  const tally = new SessionTally(0);
  tally.down(1000, BAD_PEER_AS, false);
  tally.down(601_000, CLOSED, false);
  t.same(tally.lastDown, { at: 601_000, reason: CLOSED });
  tally.down(602_000, BAD_PEER_AS, false);
  tally.up();
  tally.down(603_000, CLOSED, true);
  t.same(tally.lastDown, { at: 603_000, reason: CLOSED });
  t.equal(tally.dropped, 1);
  t.end();
});
