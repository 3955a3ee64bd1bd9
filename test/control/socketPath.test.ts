import t from 'tap';
import { controlSocketCandidates, controlSocketPath } from '../../src/control/socketPath.ts';

const root = { uid: 0, runtimeDirectory: '/run/user/0' };
const user = { uid: 1000, runtimeDirectory: '/run/user/1000/' };
const service = { uid: 998, runtimeDirectory: undefined };
const system = '/run/multihomed/control.sock';
const open = { socket: undefined };

t.test('the file decides; else root has /run and others their runtime directory', (t) => {
  t.equal(controlSocketPath({ socket: '/x/y.sock' }, root), '/x/y.sock');
  t.equal(controlSocketPath(open, root), system);
  t.equal(controlSocketPath(open, user), '/run/user/1000/multihomed/control.sock');
  t.equal(controlSocketPath(open, service), '/run/user/998/multihomed/control.sock');
  t.end();
});

t.test("a client of a plain user looks for the user's daemon, then for the machine's", (t) => {
  t.strictSame(controlSocketCandidates({ socket: '/x' }, user), ['/x']);
  t.strictSame(controlSocketCandidates(undefined, root), [system]);
  t.strictSame(controlSocketCandidates(open, user), [
    '/run/user/1000/multihomed/control.sock',
    system,
  ]);
  t.end();
});

t.test('this process is looked at unless told otherwise', (t) => {
  t.match(controlSocketPath(open), /^\/.*multihomed\/control\.sock$/);
  t.end();
});
