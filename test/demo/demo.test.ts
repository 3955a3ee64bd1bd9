import t, { type Test } from 'tap';
import { type DemoOptions, runDemo } from '../../src/demo/demo.ts';
import { LAST_STEP, STORY } from '../../src/demo/story.ts';

const written: string[] = [];
const options: DemoOptions = {
  stay: false,
  version: '1.2.3',
  write: (text) => void written.push(text),
  complain: (text) => void written.push(`complaint: ${text}`),
  paint: (_colour, text) => text,
};

interface Line {
  readonly after: number;
  readonly who: string;
  what: string;
}

/**
 * The lines of each step that have a time, by the step's number; what a line was too short for is
 * joined to it again, wherever it was wrapped.
 */
function timelines(output: string): ReadonlyMap<number, readonly Line[]> {
  const steps = new Map<number, Line[]>();
  let lines: Line[] = [];
  for (const text of output.split('\n')) {
    const title = /^(\d+)\. /.exec(text);
    if (title) {
      lines = [];
      steps.set(Number(title[1]), lines);
    }
    const moment = /^ *\+(\d+\.\d) ms {2}(\S+) +(.*)$/.exec(text);
    if (moment) {
      lines.push({ after: Number(moment[1]), who: moment[2] ?? '', what: moment[3] ?? '' });
    }
    const rest = /^ {25}(\S.*)$/.exec(text)?.[1];
    const begun = lines.at(-1);
    if (rest !== undefined && begun) begun.what += ` ${rest}`;
  }
  return steps;
}

t.test('the demo sees all that it has to see, and says so', async (t) => {
  t.equal(await runDemo(options), 0);
  const output = written.join('');
  const steps = timelines(output);
  t.equal(steps.size, STORY.length + 1);
  t.match(output, /All of it was seen at the sockets, in \d+\.\d s\.\n$/);

  t.test('no line is longer than 80 columns or has an escape sequence in it', async (t) => {
    t.same(
      output.split('\n').filter((line) => line.length > 80 || line.includes('\x1b')),
      [],
    );
  });

  t.test('times are told in the order in which things happened', async (t) => {
    for (const [number, lines] of steps) {
      const times = lines.map((line) => line.after);
      t.same(
        times,
        [...times].sort((a, b) => a - b),
        `step ${number}`,
      );
    }
  });

  t.test('link down, withdrawal on the wire, Cease, the other path: in this order', async (t) => {
    inOrder(t, steps.get(2), [
      ['edge', 'link eth1 is down (simulated carrier)'],
      ['edge', 'writes UPDATE to transit-a: withdraw 203.0.113.0/24'],
      ['transit-a', 'reads UPDATE: withdraw 203.0.113.0/24'],
      [
        'transit-a',
        'reads NOTIFICATION: Cease/Administrative Reset: "link eth1 is down (simulated carrier)"',
      ],
      ['collector', 'reads UPDATE from transit-a: withdraw 203.0.113.0/24'],
      ['collector', 'best path is now 64497 64500'],
    ]);
  });

  t.test('link up, announcement on the wire, the first path again: in this order', async (t) => {
    for (const step of [3, 5]) {
      inOrder(t, steps.get(step), [
        ['edge', 'link eth1 is up'],
        ['edge', 'session with transit-a is up'],
        ['transit-a', 'reads UPDATE: announce 203.0.113.0/24, path 64500'],
        ['collector', 'reads UPDATE from transit-a: path 64496 64500'],
        ['collector', 'best path is now 64496 64500'],
      ]);
    }
  });

  t.test(
    'over a dead wire the upstream reads nothing, and learns of it from its carrier',
    async (t) => {
      const lines = steps.get(4) ?? [];
      t.same(
        lines.filter(({ who, what }) => who === 'transit-a' && what.startsWith('reads')),
        [],
      );
      inOrder(t, lines, [
        ['edge', 'drops the session with transit-a'],
        ['collector', 'best path is now 64497 64500'],
      ]);
      inOrder(t, lines, [
        ['transit-a', 'its end of the link is down (simulated carrier)'],
        ['transit-a', 'drops the session with the edge'],
        ['collector', 'reads UPDATE from transit-a: withdraw 203.0.113.0/24'],
      ]);
    },
  );

  t.test('no failure of one upstream moves the session with the other', async (t) => {
    const of = (step: number, who: string) =>
      (steps.get(step) ?? []).filter((line) => line.who === who || line.what.includes(who));
    for (const step of [2, 3, 4, 5]) t.same(of(step, 'transit-b'), [], `step ${step}`);
    for (const step of [6, 7]) t.same(of(step, 'transit-a'), [], `step ${step}`);
  });

  t.test('both upstreams are told goodbye, and nothing is left', async (t) => {
    for (const name of ['transit-a', 'transit-b']) {
      inOrder(t, steps.get(STORY.length + 1), [
        ['edge', 'stops: the demo is over'],
        [name, 'reads UPDATE: withdraw 203.0.113.0/24'],
        [name, 'reads NOTIFICATION: Cease/Administrative Shutdown: "the demo is over"'],
        ['collector', 'has no path to 203.0.113.0/24'],
      ]);
    }
    t.match(output, new RegExp(`${LAST_STEP.title}[^]*the collector sees no path`));
  });
});

t.test(
  'a step that does not happen in time ends the demo with one line that names it',
  async (t) => {
    const said: string[] = [];
    const complain = (text: string) => void said.push(text);
    t.equal(await runDemo({ ...options, write: () => {}, complain, limit: 0 }), 1);
    t.equal(said.length, 1);
    t.match(
      said.at(-1),
      /^multihomed demo: not seen within 0 s: (collector|edge) session with .*\n$/,
    );
  },
);

function inOrder(
  t: Test,
  lines: readonly Line[] | undefined,
  wanted: readonly (readonly [who: string, what: string])[],
): void {
  const at = wanted.map(([who, what]) =>
    (lines ?? []).findIndex((line) => line.who === who && line.what === what),
  );
  t.same(
    wanted.filter((_, index) => at[index] === -1),
    [],
    'everything was seen',
  );
  t.same(
    at,
    [...at].sort((a, b) => a - b),
    'in this order',
  );
}
