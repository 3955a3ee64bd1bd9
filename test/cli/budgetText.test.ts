import t from 'tap';
import { budgetsText } from '../../src/cli/budgetText.ts';
import { budgetsView } from '../../src/control/budgetView.ts';
import { plainPaint } from '../../src/control/paint.ts';
import { CISCO, FlapWorld, flapConfig } from '../support/flapWorld.ts';

function shown(world: FlapWorld): readonly string[] {
  const look = { now: world.now, width: 80, paint: plainPaint };
  return budgetsText(budgetsView(world.outcome, world.now), look);
}

t.test('RFC 2439: nothing has flapped, one more flap is free', (t) => {
  t.same(shown(new FlapWorld(flapConfig(CISCO))), [
    'up-0, 203.0.113.0/24: fine',
    '  damping     cisco, confirmed; no flap in 15 minutes',
    '  budget      penalty 0 of 2000; one more flap makes it 1000, which is not',
    '              suppressed',
  ]);
  t.end();
});

t.test('who waits, for whom, until when, and what the next flap would do', (t) => {
  const world = new FlapWorld(flapConfig(CISCO, CISCO)).flap(60);
  world.at(75);
  t.same(shown(world), [
    'up-0, 203.0.113.0/24: fine',
    '  damping     cisco, confirmed; one flap in 15 minutes',
    '  budget      penalty 997 of 2000; one more flap makes it 1997, which is not',
    '              suppressed',
    '',
    'up-1, 203.0.113.0/24: held',
    '  damping     cisco, confirmed; one flap in 15 minutes',
    '  budget      penalty 993 of 2000; one more flap makes it 1993, which is not',
    '              suppressed',
    '  waits       held until 2026-01-01T00:02:05.000Z: follows up-0; it has to be',
    '              well for a while first; when it became ready, penalty 1000 of',
    '              2000, one more flap makes it 2000',
  ]);
  const [first] = shown(new FlapWorld(flapConfig(CISCO)).flap(60).flap(400).at(500));
  t.equal(first, 'up-0, 203.0.113.0/24: the next flap suppresses it');
  t.end();
});
