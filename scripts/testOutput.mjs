/**
 * Judges what a test file wrote (TAP 14, as tap writes it) and how it ended. Strict: a file passes only
 * when it ended by itself with success, kept its plan and nothing in it failed.
 */

const PLAN = /^1\.\.(\d+)/;
const TOTAL = /^# \{ (total: .*) \}$/;
const SUBTEST = /^( *)# Subtest: /;
const POINT = /^( *)(not )?ok \d+(?: - (.*))?$/;
const EXCUSE = /(?<!\\) # (SKIP|TODO)\b\s*(.*)$/i;

/**
 * `faults`: why the file has failed, none when it passed; `failures`: the failed points under the
 * titles they stand in, with what tap says of them; `counts`: of assertions, in all and by what came of
 * them; `skips`: what was left out, and why.
 */
export function judge(text, { code, signal }) {
  const lines = text.split('\n');
  const points = lines.map((line) => POINT.exec(line)).filter((point) => point !== null);
  const plan = lines.map((line) => PLAN.exec(line)).find((each) => each !== null)?.[1];
  const total = lines.map((line) => TOTAL.exec(line)).findLast((each) => each !== null)?.[1];
  const faults = faultsOf(
    points.filter(([, indent]) => indent === ''),
    plan,
    { code, signal },
  );
  return {
    faults,
    failures: faults.length > 0 ? withoutPassed(lines) : '',
    counts: countsIn(total ?? ''),
    skips: points.flatMap(([, , , title = '']) => skipOf(title)),
  };
}

/** `total: 3, pass: 2, fail: 1` as an object. */
function countsIn(text) {
  const pairs = [...text.matchAll(/(\w+): (\d+)/g)];
  return Object.fromEntries(pairs.map(([, what, count]) => [what, Number(count)]));
}

function faultsOf(top, plan, { code, signal }) {
  const failed = top.filter(isFailure).length;
  return [
    ...(signal ? [`ended by ${signal}`] : []),
    ...(code !== null && code !== 0 ? [`ended with ${code}`] : []),
    ...(failed > 0 ? [`${failed} of ${top.length} tests failed`] : []),
    ...(plan === undefined ? ['ended before its tests did'] : []),
    ...(plan !== undefined && Number(plan) !== top.length
      ? [`planned ${plan} tests, ran ${top.length}`]
      : []),
  ];
}

/** Leaves out assertions that passed and, under their titles, subtests that did. */
function withoutPassed(lines) {
  const kept = [];
  const open = [];
  for (const line of lines.filter((each) => each.trim() !== '')) {
    const point = POINT.exec(line);
    const subtest = SUBTEST.exec(line);
    if (subtest) open.push({ indent: subtest[1].length, from: kept.length });
    if (!point) {
      kept.push(line);
      continue;
    }
    const closed = open.at(-1)?.indent === point[1].length ? open.pop() : undefined;
    if (isFailure(point)) kept.push(line);
    else if (closed) kept.length = closed.from;
  }
  return kept.join('\n');
}

function isFailure([, , not, title = '']) {
  return not !== undefined && !EXCUSE.test(title);
}

function skipOf(title) {
  const [excuse, kind, reason] = EXCUSE.exec(title) ?? [];
  return excuse ? [`${title.slice(0, -excuse.length)}: ${reason || kind.toLowerCase()}`] : [];
}
