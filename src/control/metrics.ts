/**
 * The daemon in numbers, for Prometheus, taken when it is asked and not before, a slice a turn of the
 * loop. Where there are more announcements than `SERIES` they are counted by neighbour only: a series each
 * for 100,000 prefixes would cost whoever stores them more than they tell.
 */

import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Histogram, Registry } from 'prom-client';
import type { Reason } from '../announcer/desired.ts';
import { budgetWalk } from '../announcer/explain.ts';
import { FAMILIES } from '../net/family.ts';
import type { DocumentText } from './documentText.ts';
import { MetricsPage } from './metricsPage.ts';
import type { ControlPort, UpstreamStatus } from './port.ts';

/** Announcements, a prefix at a neighbour each, that have a series of their own. */
const SERIES = 2000;
/** Announcements between two pauses, of which nothing may be to tell. */
const PAUSE = 64;
/** How often the loop is looked at, in ms: a timer that runs from the first scrape on. */
const RESOLUTION = 20;

const CHECK_STATES = ['unknown', 'rising', 'up', 'falling', 'down', 'stale'] as const;

/** Seconds. A withdrawal should be out within 5 ms. */
const DELAYS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 30];

export class MetricsWriter {
  /** What is counted from scrape to scrape; all else is made anew for each. */
  readonly #lasting = new Registry();
  readonly #delays = new Histogram({
    name: 'multihomed_cause_to_wire_seconds',
    help: 'From a cause to the UPDATE that it led to, handed to the kernel',
    labelNames: ['cause', 'action'],
    buckets: DELAYS,
    registers: [this.#lasting],
  });
  readonly #loop = monitorEventLoopDelay({ resolution: RESOLUTION });

  constructor() {
    this.#loop.enable();
  }

  /** `text` is of the time when it is read. */
  async write(port: ControlPort): Promise<{ readonly type: string; readonly text: DocumentText }> {
    for (const { seconds, ...labels } of port.takeDelays()) this.#delays.observe(labels, seconds);
    const lasting = await this.#lasting.metrics();
    return { type: this.#lasting.contentType, text: this.#text(port, lasting) };
  }

  *#text(port: ControlPort, lasting: string): Generator<string | undefined> {
    const page = new MetricsPage();
    writeDaemon(page, port);
    yield undefined;
    for (const upstream of port.upstreams()) {
      writeSession(page, upstream);
      yield undefined;
    }
    writeSigns(page, port);
    writeLinks(page, port);
    yield* writeAnnouncements(page, port);
    yield* writeBudgets(page, port);
    yield* writeChecks(page, port);
    writeTable(page, port);
    writeKernel(page, port);
    this.#writeLoop(page);
    yield* page.text();
    yield lasting;
  }

  /** Since the last time somebody asked. */
  #writeLoop(page: MetricsPage): void {
    const help = 'How late the event loop was since the last scrape';
    for (const [statistic, percentile] of Object.entries({ median: 50, p99: 99, max: 100 })) {
      const late = Math.max(0, this.#loop.percentile(percentile) / 1e9 - RESOLUTION / 1000);
      page.gauge(
        'multihomed_loop_gap_seconds',
        help,
        { statistic },
        Number.isFinite(late) ? late : 0,
      );
    }
    this.#loop.reset();
  }
}

function writeDaemon(page: MetricsPage, port: ControlPort): void {
  const { version, startedAt, loadedAt } = port.status();
  const { rss, heapUsed, external } = process.memoryUsage();
  page.gauge('multihomed_info', 'Always 1; its labels tell the version', { version }, 1);
  page.gauge('multihomed_start_time_seconds', 'When the daemon started', {}, startedAt / 1000);
  const loaded = 'When the running configuration was loaded';
  page.gauge('multihomed_config_loaded_time_seconds', loaded, {}, loadedAt / 1000);
  const memory = 'Memory of the process, by kind';
  for (const [kind, octets] of Object.entries({ resident: rss, heap: heapUsed, external })) {
    page.gauge('multihomed_memory_bytes', memory, { kind }, octets);
  }
  const { user, system } = process.cpuUsage();
  const cpu = 'Processor time of the process';
  page.counter('multihomed_cpu_seconds_total', cpu, { mode: 'user' }, user / 1e6);
  page.counter('multihomed_cpu_seconds_total', cpu, { mode: 'system' }, system / 1e6);
  page.counter('multihomed_events_total', 'Events on the timeline', {}, port.events().last);
}

function writeSession(page: MetricsPage, { session }: UpstreamStatus): void {
  const { name: neighbour, kind } = session;
  const up = session.state === 'Established' ? 1 : 0;
  page.gauge('multihomed_session_up', 'Whether it is Established', { neighbour, kind }, up);
  const since = 'Since when the session is in its state';
  page.gauge('multihomed_session_since_seconds', since, { neighbour }, session.since / 1000);
  const flaps = 'How often the session went down from Established';
  page.counter('multihomed_session_flaps_total', flaps, { neighbour }, session.dropped);
  const ups = 'How often the session came up';
  page.counter('multihomed_session_established_total', ups, { neighbour }, session.established);
  for (const direction of ['sent', 'received'] as const) {
    for (const [type, count] of Object.entries(session[direction])) {
      const help = 'BGP messages, by type and direction';
      page.counter('multihomed_messages_total', help, { neighbour, direction, type }, count);
    }
  }
  for (const family of FAMILIES) writeSessionFamily(page, session, family);
}

function writeSessionFamily(
  page: MetricsPage,
  { name: neighbour, advertised, exported, learned }: UpstreamStatus['session'],
  family: (typeof FAMILIES)[number],
): void {
  const labels = { neighbour, family };
  const own = 'Our own prefixes on the wire';
  page.gauge('multihomed_advertised_prefixes', own, labels, advertised[family]);
  const sent = 'Learned prefixes on the wire';
  page.gauge('multihomed_exported_prefixes', sent, labels, exported?.[family] ?? 0);
  for (const [state, count] of Object.entries(learned[family])) {
    const help = 'Paths that are held of what the neighbour sent, by state';
    page.gauge('multihomed_learned_paths', help, { ...labels, state }, count);
  }
}

function writeSigns(page: MetricsPage, port: ControlPort): void {
  const help = '1: this kind of sign speaks against the upstream; -1: nothing is known';
  for (const { session, signs } of port.upstreams()) {
    for (const { kind, state } of signs ?? []) {
      const labels = { neighbour: session.name, kind };
      const value = { well: 0, bad: 1, unknown: -1 }[state];
      page.gauge('multihomed_upstream_sign', help, labels, value);
    }
  }
}

function writeLinks(page: MetricsPage, port: ControlPort): void {
  const help = 'Whether the link has a carrier';
  for (const { link } of port.upstreams()) {
    if (!link) continue;
    const labels = { interface: link.interface };
    page.gauge('multihomed_link_up', help, labels, link.state === 'up' ? 1 : 0);
  }
}

function* writeAnnouncements(page: MetricsPage, port: ControlPort): Generator<undefined> {
  const meant = meantIn(port);
  const omitted = meant > SERIES ? meant : 0;
  const left = 'Announcements without a series of their own, since there are too many';
  page.gauge('multihomed_advertised_omitted', left, {}, omitted);
  if (omitted > 0) return;
  const help = 'Whether the prefix is on the wire to the neighbour';
  let passed = 0;
  for (const { prefix, neighbour, reason, advertisedSince } of port.walkAnnouncements()) {
    if (++passed % PAUSE === 0) yield undefined;
    if (!isMeant(reason)) continue;
    const labels = { prefix: prefix.text, neighbour };
    page.gauge('multihomed_advertised', help, labels, advertisedSince === undefined ? 0 : 1);
  }
}

/** By what was decided for many at a time, without going through all of them. */
function meantIn({ announcer }: ControlPort): number {
  const intents = [...(announcer.outcome?.desired.values() ?? [])];
  const decisions = intents.flatMap((intent) => intent.decisions);
  return decisions.reduce((sum, { reason, prefixes }) => {
    return isMeant(reason) ? sum + prefixes.length : sum;
  }, 0);
}

/** Those that the file does not mean for the neighbour are no news. */
function isMeant({ kind }: Reason): boolean {
  return kind !== 'not-selected' && kind !== 'family-not-carried';
}

/** One of the prefixes that share a fate stands for all of them. */
function* writeBudgets(page: MetricsPage, { announcer }: ControlPort): Generator<undefined> {
  const { outcome } = announcer;
  let written = 0;
  for (const budget of outcome ? budgetWalk(outcome, announcer.now()) : []) {
    yield undefined;
    if (!budget) continue;
    if (++written > SERIES) return;
    const { upstream, prefixes, penalty, suppress, held } = budget;
    const labels = { upstream, prefix: prefixes[0] ?? '' };
    const penaltyHelp = 'What our flaps have cost behind the upstream (RFC 2439)';
    page.gauge('multihomed_flap_penalty', penaltyHelp, labels, penalty);
    const suppressHelp = 'The penalty from which on networks behind the upstream suppress';
    page.gauge('multihomed_flap_suppress', suppressHelp, labels, suppress);
    const heldHelp = 'Whether the flap budget holds it back';
    page.gauge('multihomed_flap_held', heldHelp, labels, held ? 1 : 0);
  }
}

function* writeChecks(page: MetricsPage, port: ControlPort): Generator<undefined> {
  for (const { config, fact, last } of port.checks()) {
    yield undefined;
    const check = config.name;
    const now = fact?.state ?? 'unknown';
    for (const state of CHECK_STATES) {
      const help = '1 for the state that the check is in';
      page.gauge('multihomed_check_state', help, { check, state }, state === now ? 1 : 0);
    }
    if (!last) continue;
    const help = 'How long the last probe took';
    page.gauge('multihomed_check_duration_seconds', help, { check }, last.duration / 1000);
  }
}

function writeTable(page: MetricsPage, port: ControlPort): void {
  const help = 'Prefixes that some neighbour sent a path to';
  for (const family of FAMILIES) {
    const prefixes = port.learned()?.prefixes(family) ?? 0;
    page.gauge('multihomed_table_prefixes', help, { family }, prefixes);
  }
}

function writeKernel(page: MetricsPage, port: ControlPort): void {
  const report = port.kernel();
  if (!report) return;
  const help = "Learned routes and the kernel's table, by state";
  for (const family of FAMILIES) {
    const { installed, failed } = report;
    for (const [state, count] of Object.entries({ installed, failed })) {
      page.gauge('multihomed_kernel_routes', help, { family, state }, count[family]);
    }
  }
  const pending = "Prefixes that are not yet in the kernel's table as they are to be";
  page.gauge('multihomed_kernel_pending', pending, {}, report.pending);
  const requests = 'Changes of routes that the kernel was asked for, by outcome';
  for (const [outcome, count] of Object.entries({ done: report.done, refused: report.refused })) {
    page.counter('multihomed_kernel_requests_total', requests, { outcome }, count);
  }
}
