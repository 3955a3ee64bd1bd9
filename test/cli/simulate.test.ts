import { join } from 'node:path';
import t, { type Test } from 'tap';
import type { FlagScenario } from '../../src/cli/command.ts';
import { runSimulate } from '../../src/cli/simulate.ts';
import { runPlan } from '../../src/cli/wirePlan.ts';
import { FakeTerminal } from '../support/fakeTerminal.ts';

const FILE = `
asn: 64500
router-id: 192.0.2.1
control: { socket: /nowhere/control.sock }
prefixes: [{ prefix: 203.0.113.0/24, needs: web }]
checks: { web: { tcp: "203.0.113.10:80" } }
upstreams:
  a: { asn: 64496, address: 198.51.100.1, damping: { profile: cisco, confirmed: true } }
`;
const FLAPS: FlagScenario = { fail: ['web'], for: 20_000, repeat: 10, every: 60_000 };

async function simulated(t: Test, scenario: string | FlagScenario, json = false, file = FILE) {
  const directory = t.testdir({
    'x.yaml': file,
    'good.yaml':
      'failures: [{ fail: web, for: 20s, repeat: 10, every: 1m }]\nbehind: { a: none }\n',
    'bad.yaml': 'failures: [{ fail: web, for: ever }]\nbehind: { a: nobody }\n',
  });
  const terminal = new FakeTerminal();
  const config = join(directory, 'x.yaml');
  const played = typeof scenario === 'string' ? join(directory, scenario) : scenario;
  const code = await runSimulate({ name: 'simulate', scenario: played, config, json }, terminal);
  return { code, out: terminal.out, err: terminal.err };
}

t.test('ten flaps: beside each other what they cost with and without a flap budget', async (t) => {
  const { code, out } = await simulated(t, FLAPS);
  t.equal(code, 0);
  t.match(out, /^web fails for 20s, 10 times, every 1m; played for 3h 10m\n\nUPSTREAM/);
  t.match(out, /\na {9}multihomed {2}4 +no +\d+ +\d+ s\n {10}without {5}20 +once +\d+ +\d+ s\n/);
  t.match(out, /\nDark everywhere: \d+ s; 3\d\d\d s without a flap budget\.\n/);
});

t.test('a scenario file says what is really behind an upstream', async (t) => {
  const { out } = await simulated(t, 'good.yaml', true);
  t.match(JSON.parse(out), {
    scenario: {
      failures: [{ fail: 'web', at: 60, for: 20, repeat: 10, every: 60 }],
      behind: { a: 'none' },
    },
    naive: { dark: 0, upstreams: [{ name: 'a', suppressions: 0, updates: 20 }] },
    ours: { upstreams: [{ name: 'a', suppressions: 0 }] },
  });
});

t.test('what cannot be played is told, with its place where there is one', async (t) => {
  await t.rejects(simulated(t, { ...FLAPS, fail: ['wob'] }), {
    name: 'CommandError',
    message: 'there is no upstream or check wob; write one of a, web',
  });
  await t.rejects(simulated(t, { ...FLAPS, every: 10_000 }), { message: /before it fails again/ });
  const bad = await simulated(t, 'bad.yaml');
  t.equal(bad.code, 1);
  t.match(bad.err, /bad\.yaml:1:30: error: failures\[0\]\.for/);
  t.match(bad.err, /bad\.yaml:2:11: error: behind\.a/);
  t.match(await simulated(t, FLAPS, false, 'asn: 1\n'), { code: 1, err: /x\.yaml:1:1: error/ });
  await t.rejects(simulated(t, 'none.yaml'), { name: 'FileError' });
});

t.test('plan without a daemon is beside nothing, and says so', async (t) => {
  const config = join(t.testdir({ 'x.yaml': FILE }), 'x.yaml');
  const terminal = new FakeTerminal();
  t.equal(await runPlan({ name: 'plan', config, json: false }, terminal), 0);
  t.match(terminal.out, /no daemon runs, so this is\s+beside nothing/);
  t.match(terminal.out, /\na: a new session\n {2}announce +203\.0\.113\.0\/24 \(plain\)\n$/);
  const scripted = new FakeTerminal();
  await runPlan({ name: 'plan', config, json: true }, scripted);
  t.match(JSON.parse(scripted.out), {
    against: 'nothing',
    configFile: null,
    neighbours: [{ neighbour: 'a', session: 'added', withdraw: [], held: [], price: null }],
  });
});
