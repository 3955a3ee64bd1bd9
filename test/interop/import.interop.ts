/**
 * What upstreams send and should not, at real upstreams: refused and kept with its reason, taken when
 * the file says so, and stopped where it is too much. No upstream notices a changed policy.
 */

import t, { type Test } from 'tap';
import { until } from '../support/daemons/until.ts';
import { Topology } from '../support/netns.ts';
import { requireOrSkip } from '../support/requirements.ts';
import { SOON } from './expected.ts';
import {
  BIRD,
  BIRD_HONEST,
  BIRD_REFUSALS,
  BIRD_TABLE,
  DEFAULTS,
  GOBGP,
  GOBGP_HONEST,
  GOBGP_REFUSALS,
  GOBGP_TABLE,
  type ImportLab,
  startImportLab,
} from './importLab.ts';

/** A prefix as `show routes` has it: why it was refused, or `accepted`. */
type Verdicts = Readonly<Record<string, string>>;

interface Named {
  readonly prefix: string;
}

const needs = requireOrSkip('bird', 'gobgp', 'tcpdump', 'tshark');
const HONEST = [...BIRD_HONEST, ...DEFAULTS, ...GOBGP_HONEST];
const REFUSALS = [...BIRD_REFUSALS, ...GOBGP_REFUSALS];

t.test('import policy beside two upstreams that send what they should not', needs, async (t) => {
  const topology = await Topology.create();
  t.teardown(() => topology.remove());
  const lab = await startImportLab(topology);
  t.teardown(() => t.passing() || t.comment(lab.multihomed.program.output));
  const { multihomed, capture, bird, gobgp, file } = lab;
  await untilReceived(lab);
  const incarnations = () =>
    Promise.all([bird.incarnation(BIRD.edge), gobgp.incarnation(GOBGP.edge)]);
  const before = await incarnations();
  await untilKeepalives(lab);
  const settled = now();

  await t.test('by default, each kind is refused for its own reason', (t) => byDefault(t, lab));
  for (const { code, key, value } of REFUSALS) {
    if (key === undefined) continue;
    await t.test(`import.${key} takes what is ${code}, and nothing else`, async (t) => {
      const keys = { import: { [key]: value } };
      await multihomed.reload(file(keys, keys));
      t.strictSame(
        await verdicts(lab),
        expected(({ code: other }) => other !== code),
      );
    });
  }
  await t.test('all of them at once leave what nothing takes', async (t) => {
    const turned = REFUSALS.flatMap(({ key, value }) => (key === undefined ? [] : [[key, value]]));
    const keys = { import: Object.fromEntries(turned) };
    await multihomed.reload(file(keys, keys));
    t.strictSame(
      await verdicts(lab),
      expected(({ key }) => key === undefined),
    );
  });
  await t.test('accept: default takes the default route alone', async (t) => {
    await multihomed.reload(file({ accept: 'default' }, { accept: 'default' }));
    t.strictSame(await accepted(lab), names(DEFAULTS));
    t.equal((await verdicts(lab))['20.2.1.0/24'], 'not-default');
  });
  await t.test('accept: none takes nothing', async (t) => {
    await multihomed.reload(file({ accept: 'none' }, { accept: 'none' }));
    t.strictSame(await accepted(lab), []);
    t.equal((await verdicts(lab))['0.0.0.0/0'], 'accept-none');
  });
  await t.test('and back to the default', async (t) => {
    await multihomed.reload(file({}));
    await byDefault(t, lab);
  });

  await capture.stop();
  await t.test('no upstream noticed any of it', async (t) => {
    t.strictSame(await incarnations(), before, 'no session was reset');
    const sent = `ip.src in {${BIRD.edge}, ${GOBGP.edge}} && frame.time_epoch > ${settled}`;
    const types = (await capture.fields(`bgp && ${sent}`, 'bgp.type')).flat(2);
    t.strictSame([...new Set(types)], [KEEPALIVE], 'no ROUTE-REFRESH, no UPDATE');
    t.strictSame(await capture.faults(), [], 'tshark finds no malformed BGP message');
  });
});

const KEEPALIVE = '4';

async function byDefault(t: Test, lab: ImportLab): Promise<void> {
  t.strictSame(await verdicts(lab), expected());
  const [bird] = await lab.multihomed.sessions();
  const ofFamily = (routes: readonly Named[], ipv6: boolean) =>
    routes.filter(({ prefix }) => prefix.includes(':') === ipv6).length;
  const taken = [...BIRD_HONEST, ...DEFAULTS];
  for (const [family, ipv6] of [
    ['ipv4', false],
    ['ipv6', true],
  ] as const) {
    const { received, accepted, best } = bird?.learned[family] ?? {};
    t.strictSame(
      { received, accepted, best },
      {
        received: ofFamily(BIRD_TABLE, ipv6),
        accepted: ofFamily(taken, ipv6),
        best: ofFamily(taken, ipv6),
      },
      `the counts of ${family} in show sessions`,
    );
  }
}

/** What is to be shown while those of `REFUSALS` that pass `stays` are refused. */
function expected(stays: (refusal: (typeof REFUSALS)[number]) => boolean = () => true): Verdicts {
  const refused = REFUSALS.flatMap((refusal) => {
    const verdict = stays(refusal) ? refusal.code : 'accepted';
    return refusal.routes.map(({ prefix }: Named) => [prefix, verdict] as const);
  });
  const taken = names(HONEST).map((prefix) => [prefix, 'accepted'] as const);
  return Object.fromEntries([...refused, ...taken].sort(([a], [b]) => (a < b ? -1 : 1)));
}

async function verdicts({ multihomed }: ImportLab): Promise<Verdicts> {
  const routes = await multihomed.routes();
  const all = routes.flatMap(({ prefix, paths }) =>
    paths.map(({ state, reason }) => {
      const verdict = state === 'refused' ? (reason?.code ?? '') : 'accepted';
      return [prefix, verdict] as const;
    }),
  );
  return Object.fromEntries(all.sort(([a], [b]) => (a < b ? -1 : 1)));
}

async function accepted(lab: ImportLab): Promise<readonly string[]> {
  const found = Object.entries(await verdicts(lab));
  return found.filter(([, verdict]) => verdict === 'accepted').map(([prefix]) => prefix);
}

async function untilReceived(lab: ImportLab): Promise<void> {
  const count = BIRD_TABLE.length + GOBGP_TABLE.length;
  await until(
    `${count} routes`,
    SOON,
    async () => Object.keys(await verdicts(lab)).length === count,
    () => verdicts(lab),
  );
}

/**
 * Waits until each upstream has said a KEEPALIVE since all its routes are here: End-of-RIB, which
 * comes after them, has come by then.
 */
async function untilKeepalives({ capture }: ImportLab): Promise<void> {
  const since = now();
  for (const address of [BIRD.edge, GOBGP.edge]) {
    const filter = `bgp.type == 4 && ip.src == ${address} && frame.time_epoch > ${since}`;
    await until(`a KEEPALIVE of ${address}`, SOON, async () => {
      // The last packet may not be in the file whole.
      return (await capture.fields(filter, 'bgp.type').catch(() => [])).length > 0;
    });
  }
}

function names(routes: readonly Named[]): readonly string[] {
  return routes.map(({ prefix }) => prefix).sort();
}

/** Seconds since the epoch, as captures have it. */
function now(): number {
  return Date.now() / 1000;
}
