import t from 'tap';
import { acceptsConnection } from '../../src/fsm/neighbour.ts';
import { config, events } from '../support/fsm.ts';
import {
  accepted,
  after,
  connected,
  higher,
  openIn,
  openOut,
  refused,
  retry,
  start,
  to,
} from '../support/neighbour.ts';

t.test('§6.8: the higher speaker lets the incoming OPEN wait for its own connection', (t) => {
  const both = [start, connected, accepted, openIn];
  const waits = after(config, ...both);
  t.equal(waits.sides, 'OpenSent + OpenSent');
  t.same(waits.did, ['outgoing startTimer connectRetry 2'], 'neither answered nor dumped');
  const decided = after(config, ...both, openOut);
  t.equal(decided.sides, 'OpenConfirm + Idle/standby');
  t.ok(decided.did.includes('incoming sendNotification 6/7'));
  t.end();
});

t.test('§6.8: an OPEN that waits is answered when the other connection is gone', (t) => {
  const both = [start, connected, accepted, openIn, to.incoming(events.KeepAliveMsg)];
  const closed = after(config, ...both, refused);
  t.equal(closed.sides, 'Idle/standby + Established', 'with the KEEPALIVE that came after it');
  t.ok(closed.did.includes('incoming sendKeepalive'));
  t.notOk(closed.did.some((each) => each.includes('sendNotification')));
  const error = after(config, ...both, to.outgoing(events.BGPHeaderErr));
  t.equal(error.sides, 'Idle/standby + Established', 'an error there is not held against this one');
  t.end();
});

t.test('§6.8: a port that accepts and never speaks loses against the connection that does', (t) => {
  const decided = after(config, start, connected, accepted, openIn, retry);
  t.equal(decided.sides, 'Idle/standby + OpenConfirm');
  t.same(decided.did.slice(0, 1), ['outgoing sendNotification 6/7']);
  t.ok(decided.did.includes('incoming sendKeepalive'));
  const lower = after(config, start, connected, accepted, to.outgoing(higher), retry);
  t.equal(lower.sides, 'OpenConfirm + Idle/standby');
  t.equal(lower.did.at(-1), 'outgoing startTimer hold 90');
  t.ok(lower.did.includes('outgoing stopTimer connectRetry'), 'the wait is over');
  t.end();
});

t.test('§6.8: the lower speaker goes over to the incoming connection on its OPEN', (t) => {
  const both = [start, connected, accepted, to.outgoing(higher)];
  t.equal(after(config, ...both).sides, 'OpenSent + OpenSent');
  const heard = [...both, to.outgoing(events.KeepAliveMsg)];
  t.same(after(config, ...heard).did, [], 'not Established: it has not been promised that');
  const decided = after(config, ...heard, to.incoming(higher));
  t.equal(decided.sides, 'Idle/standby + OpenConfirm');
  t.ok(decided.did.includes('outgoing sendNotification 6/7'));
  t.end();
});

t.test('what comes on a connection that waits: KEEPALIVEs once, its end, errors', (t) => {
  const keepAlive = to.incoming(events.KeepAliveMsg);
  const both = [start, connected, accepted, openIn];
  t.same(after(config, ...both, keepAlive, keepAlive).state.contest?.keptBack.length, 2);
  const lost = after(config, ...both, to.incoming(events.TcpConnectionFails));
  t.equal(lost.sides, 'OpenSent + Active');
  t.equal(lost.did[0], 'outgoing stopTimer connectRetry');
  t.ok(acceptsConnection(lost.state));
  const second = after(config, ...both, openIn);
  t.equal(second.sides, 'OpenSent + Idle/holding');
  t.ok(second.did.includes('incoming sendNotification 5/2'), 'a second OPEN (RFC 6608)');
  const stopped = after(config, ...both, to.neighbour(events.ManualStop));
  t.equal(stopped.sides, 'Idle/stopped + Idle/stopped');
  t.equal(stopped.state.contest, undefined);
  t.end();
});

t.test('beside a connection that we have answered, an accepted one gets no OPEN yet', (t) => {
  const late = [start, connected, to.outgoing(higher), accepted];
  const waits = after(config, ...late);
  t.equal(waits.sides, 'OpenConfirm + Active');
  t.same(waits.did, ['outgoing startTimer connectRetry 1']);
  t.notOk(acceptsConnection(waits.state), 'one at a time');
  const up = after(config, ...late, to.incoming(higher), to.outgoing(events.KeepAliveMsg));
  t.equal(up.sides, 'Established + Idle/standby');
  t.ok(up.did.includes('incoming dropTcp'));
  t.notOk(
    up.did.some((each) => each.startsWith('incoming send')),
    'closed without a word',
  );
  const dumped = after(
    config,
    ...late,
    to.incoming(higher),
    to.outgoing(events.NotifMsgOfCollision),
  );
  t.equal(dumped.sides, 'Idle/standby + OpenConfirm');
  t.ok(dumped.did.includes('incoming sendOpen'), 'the neighbour has gone over to it');
  t.end();
});

t.test('an accepted connection without an OPEN of ours: its patience, its end, the stop', (t) => {
  const late = [start, connected, to.outgoing(higher), accepted];
  const spoken = after(config, ...late, retry);
  t.equal(spoken.sides, 'OpenConfirm + OpenSent');
  const decided = after(config, ...late, to.incoming(higher), retry);
  t.equal(decided.sides, 'Idle/standby + OpenConfirm', 'we are the lower');
  const ours = after(config, start, connected, openOut, accepted, openIn, retry);
  t.equal(ours.sides, 'OpenConfirm + Idle/standby', 'we are the higher');
  const ended = after(config, ...late, to.incoming(events.TcpConnectionFails));
  t.equal(ended.sides, 'OpenConfirm + Active');
  t.same(ended.did, ['outgoing stopTimer connectRetry', 'incoming dropTcp']);
  const twice = after(config, ...late, to.incoming(higher), to.incoming(higher));
  t.equal(twice.sides, 'OpenConfirm + Active');
  const stopped = after(config, ...late, to.neighbour(events.ManualStop));
  t.equal(stopped.sides, 'Idle/stopped + Idle/stopped');
  t.ok(stopped.did.includes('incoming dropTcp'));
  t.end();
});
