/** The examples for Prometheus and Grafana, against what the daemon really gives. */

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { MetricsWriter } from '../../src/control/metrics.ts';
import { FakeDaemon } from '../support/fakeDaemon.ts';
import { programOrSkip } from '../support/requirements.ts';

const PROMTOOL = '/usr/bin/promtool';
const path = (name: string) => fileURLToPath(new URL(`../../contrib/${name}`, import.meta.url));
const ALERTS = path('prometheus/alerts.yaml');
const SCRAPE = path('prometheus/scrape.yaml');
const DASHBOARD = path('grafana/multihomed.json');

const daemon = new FakeDaemon();
daemon.measured.begin('link', 0);
daemon.measured.sent('withdraw', 1);
const { text } = await new MetricsWriter().write(daemon);
const scraped = [...text].join('');

t.test('promtool takes the rules, the scrape and the metrics', programOrSkip(PROMTOOL), (t) => {
  for (const [argv, input] of [
    [['check', 'rules', ALERTS], ''],
    [['check', 'config', SCRAPE], ''],
    [['check', 'metrics'], scraped],
  ] as const) {
    const { status, stdout, stderr } = spawnSync(PROMTOOL, argv, { input, encoding: 'utf8' });
    t.equal(status, 0, `${argv.join(' ')}: ${stdout}${stderr}`);
  }
  t.end();
});

t.test('every metric that an alert or a panel asks for is there', (t) => {
  const given = new Set(scraped.match(/^multihomed_\w+/gm));
  for (const file of [ALERTS, DASHBOARD]) {
    const asked = new Set(readFileSync(file, 'utf8').match(/multihomed_\w+/g));
    t.ok(asked.size > 5);
    t.strictSame(
      [...asked].filter((name) => !given.has(name)),
      [],
    );
  }
  t.type(JSON.parse(readFileSync(DASHBOARD, 'utf8')).panels, Array);
  t.end();
});
