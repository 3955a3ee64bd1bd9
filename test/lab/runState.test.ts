/** What a lab has made is written down first, for whoever takes it down. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { processId } from '../../src/lab/processId.ts';
import {
  claimFolder,
  isLeftover,
  isWanted,
  labNames,
  type RunState,
  readState,
  removeState,
  writeState,
} from '../../src/lab/runState.ts';

const STATE: RunState = {
  ...{ name: 'one', file: '/x.clab.yml', owner: null, folders: [] },
  programs: [{ node: 'edge', name: 'multihomed', pid: 4_000_000, began: '1' }],
};

t.test('of two commands that begin one lab, one gets it', async (t) => {
  const root = join(t.testdir(), 'run');
  t.strictSame(labNames(root), []);
  claimFolder(root, 'one');
  t.throws(() => claimFolder(root, 'one'), { message: /another command is at the lab one/ });
  claimFolder(root, 'two');
  writeState(root, STATE);
  t.strictSame(readState(root, 'one'), STATE);
  t.equal(readState(root, 'three'), undefined);
  removeState(root, 'one');
  t.strictSame(labNames(root), ['two']);
  removeState(root, 'two');
  t.equal(existsSync(root), false, 'with the last lab the folder of all goes, too');
});

t.test('a folder that two labs use stays until the last of them is gone', async (t) => {
  const root = join(t.testdir(), 'run');
  for (const name of ['one', 'two']) {
    claimFolder(root, name);
    writeState(root, { ...STATE, name, folders: ['/run/x'] });
  }
  t.equal(isWanted(root, '/run/x', 'one'), true);
  t.equal(isWanted(root, '/run/y', 'one'), false);
  removeState(root, 'two');
  t.equal(isWanted(root, '/run/x', 'one'), false);
});

t.test('a lab is left over when whoever was at it is gone', async (t) => {
  t.equal(isLeftover(STATE), false, 'nobody has to be at one that is up');
  t.equal(isLeftover({ ...STATE, owner: processId(process.pid) ?? null }), false);
  t.equal(isLeftover({ ...STATE, owner: { pid: process.pid, began: '1' } }), true);
});
