/** What is held back, how long, and why: the production decision on virtual time. */

import t from 'tap';
import { reasonText } from '../../src/control/words.ts';
import { BEGIN, CISCO, FlapWorld, flapConfig, JUNIPER, PREFIX } from '../support/flapWorld.ts';

t.test('the first announcement after a clean start is not held', (t) => {
  const world = new FlapWorld(flapConfig(CISCO, CISCO));
  t.same([...world.held('up-0').keys()], [PREFIX]);
  t.same([...world.held('up-1').keys()], [PREFIX]);
  t.end();
});

t.test('a withdrawal goes out in the same moment as its cause', (t) => {
  const world = new FlapWorld(flapConfig(CISCO, JUNIPER));
  world.at(100).check('web', 'down');
  t.same(world.taken(), ['100 -up-0', '100 -up-1']);
  t.end();
});

t.test('one flap: the canary is back within seconds, the other a minute later', (t) => {
  const world = new FlapWorld(flapConfig(CISCO, CISCO)).flap(100);
  world.at(1000);
  t.same(world.taken(), ['100 -up-0', '100 -up-1', '110 +up-0', '165 +up-1']);
  t.end();
});

t.test('each hold is a reason with its numbers', (t) => {
  const world = new FlapWorld(flapConfig(CISCO, CISCO)).flap(100);
  t.match(world.reason('up-0'), {
    kind: 'held',
    role: 'canary',
    canary: 'up-0',
    rule: 'stability',
    penalty: 1000,
    suppress: 2000,
    afterFlap: 2000,
    readySince: BEGIN + 105_000,
  });
  const follower = world.reason('up-1');
  t.match(follower, { kind: 'held', role: 'follower', canary: 'up-0', until: BEGIN + 165_000 });
  t.equal(
    follower && reasonText(follower, undefined),
    'held until 2026-01-01T00:02:45.000Z: follows up-0; it has to be well for a while first; when it became ready, penalty 1000 of 2000, one more flap makes it 2000',
  );
  t.end();
});

t.test('down again during a hold: nothing is sent, and nothing is charged', (t) => {
  const world = new FlapWorld(flapConfig(CISCO)).flap(100);
  world.at(107).check('web', 'down');
  world.at(500);
  t.same(world.taken(), ['100 -up-0']);
  world.check('web', 'up');
  t.match(world.reason('up-0'), { penalty: 738 }, 'what decayed meanwhile');
  t.end();
});

t.test('behind a network that does not damp nothing is held', (t) => {
  const world = new FlapWorld(flapConfig('none')).flap(100).flap(110).flap(120);
  t.same(
    world.taken(),
    ['100', '105', '110', '115', '120', '125'].map(
      (at, i) => `${at} ${i % 2 === 0 ? '-' : '+'}up-0`,
    ),
  );
  t.end();
});

t.test('unknown: the canary is held for S0 alone, whatever it has cost', (t) => {
  const world = new FlapWorld(flapConfig('unknown'));
  for (let i = 0; i < 6; i++) world.flap(100 + i * 60);
  world.at(1000);
  const back = world.taken().filter((line) => line.includes('+'));
  t.same(
    back,
    [110, 170, 230, 290, 350, 410].map((at) => `${at} +up-0`),
  );
  t.end();
});

t.test(
  'a suppression that is certain is not announced into; one that is guessed at for two minutes',
  (t) => {
    const back = (damping: string) => {
      const world = new FlapWorld(flapConfig(damping)).flap(100, 1);
      // On credit after a minute, and lost again: 1000 + 1000 + 1000, decayed a little.
      world.flap(115, 1).flap(190, 1);
      world.at(5000);
      return Number(world.taken().at(-1)?.split(' ')[0]);
    };
    const confirmed = back(CISCO);
    t.ok(confirmed > 190 + 20 * 60, `after the suppression: ${confirmed}`);
    t.equal(back('cisco'), 191 + 120);
    t.end();
  },
);

t.test(
  'with one link flapping, the other stays, and is the canary for the one that returns',
  (t) => {
    const world = new FlapWorld(flapConfig(CISCO, CISCO));
    world.at(100).link('up-0', false);
    world.at(105).link('up-0', true);
    t.match(world.reason('up-0'), { kind: 'held', role: 'follower', canary: 'up-1' });
    world.at(1000);
    t.same(world.taken(), ['100 -up-0', '165 +up-0']);
    t.end();
  },
);

t.test('the canary is lost: whoever waits is ranked again at once', (t) => {
  const world = new FlapWorld(flapConfig(CISCO, CISCO)).flap(100);
  world.at(120).link('up-0', false);
  t.match(world.reason('up-0'), { kind: 'link-down' });
  world.at(125);
  t.same(world.taken(), ['100 -up-0', '100 -up-1', '110 +up-0', '120 -up-0', '120 +up-1']);
  t.end();
});

t.test('a prefix that is announced nowhere is never held for longer than the cap', (t) => {
  for (const damping of [CISCO, JUNIPER, '{ profile: rfc7196, confirmed: true }']) {
    const world = new FlapWorld(flapConfig(damping)).flap(100, 30);
    world.at(191);
    t.equal(world.taken().length, 2, damping);
  }
  t.end();
});

t.test('what changed during a hold goes out with the announcement, not after it', (t) => {
  const config = flapConfig(CISCO);
  const world = new FlapWorld(config).flap(100);
  const shadow = () => world.state.groups[0]?.tracks.get('up-0')?.shadow?.penalty;
  world.at(200);
  t.ok((shadow() ?? 0) > 990 && (shadow() ?? 0) <= 1000, 'one flap, one charge');
  t.end();
});

t.test(
  'the other link fails while one that returned is held: it is announced in that moment',
  (t) => {
    for (const damping of ['unknown', CISCO]) {
      const world = new FlapWorld(flapConfig(damping, damping));
      world.at(100).link('up-0', false);
      world.at(105).link('up-0', true);
      world.at(120).link('up-1', false);
      t.same(world.taken(), ['100 -up-0', '120 -up-1', '120 +up-0'], damping);
      const soon = new FlapWorld(flapConfig(damping, damping));
      soon.at(100).link('up-0', false);
      soon.at(105).link('up-0', true);
      soon.at(107).link('up-1', false);
      soon.at(200);
      t.same(soon.taken(), ['100 -up-0', '107 -up-1', '110 +up-0'], 'well for the first hold');
    }
    t.end();
  },
);
