/**
 * One answer to Prometheus, in its text format: series are collected by metric, since a metric's lines
 * stand together, and written a piece at a time.
 */

type Labels = Readonly<Record<string, string>>;

interface Metric {
  readonly type: 'gauge' | 'counter';
  readonly help: string;
  /** By its labels, as they are written. A link that two neighbours share is one. */
  readonly series: Map<string, number>;
}

/** Lines to a piece: a pause after each would cost more than it. */
const LINES = 64;

export class MetricsPage {
  readonly #metrics = new Map<string, Metric>();

  gauge(name: string, help: string, labels: Labels, value: number): void {
    this.#metric(name, 'gauge', help).series.set(labelsText(labels), value);
  }

  counter(name: string, help: string, labels: Labels, value: number): void {
    this.#metric(name, 'counter', help).series.set(labelsText(labels), value);
  }

  *text(): Generator<string> {
    for (const [name, { type, help, series }] of this.#metrics) {
      yield `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`;
      yield* linesOf(name, series);
    }
  }

  /** In the order in which they are first named. */
  #metric(name: string, type: Metric['type'], help: string): Metric {
    const known = this.#metrics.get(name);
    if (known) return known;
    const metric: Metric = { type, help, series: new Map() };
    this.#metrics.set(name, metric);
    return metric;
  }
}

function* linesOf(name: string, series: ReadonlyMap<string, number>): Generator<string> {
  let waiting: string[] = [];
  for (const [labels, value] of series) {
    waiting.push(`${name}${labels} ${valueText(value)}\n`);
    if (waiting.length < LINES) continue;
    yield waiting.join('');
    waiting = [];
  }
  yield waiting.join('');
}

/** `{neighbour="transit-a",kind="upstream"}` */
function labelsText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');
}

/** As Go writes what is no number. */
function valueText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  return Number.isFinite(value) ? String(value) : value > 0 ? '+Inf' : '-Inf';
}
