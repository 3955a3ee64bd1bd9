import { readFileSync } from 'node:fs';
import t from 'tap';
import { DOCUMENT, redraw } from '../../scripts/fsmDocs.ts';

t.test(
  'docs/fsm.md shows the state machine as it is (node --import=tsx scripts/fsmDocs.ts)',
  (t) => {
    const text = readFileSync(DOCUMENT, 'utf8');
    t.equal(redraw(text), text);
    t.end();
  },
);
