/** The daemon and all of its state as JSON: the three documents that the control socket gives. */

import type { Family } from '../net/family.ts';
import type { PathCounts } from '../rib/ribIn.ts';
import type { StationReport } from '../station/event.ts';
import { type AnnouncementView, announcementView } from './announcementView.ts';
import { type CheckView, checkView } from './checkView.ts';
import { type DocumentText, listText } from './documentText.ts';
import { isoTime } from './isoTime.ts';
import type { ControlPort, DaemonStatus } from './port.ts';
import { type SessionView, sessionView } from './sessionView.ts';

interface DaemonView {
  readonly version: string;
  readonly pid: number;
  readonly startedAt: string;
  readonly asn: number;
  readonly routerId: string;
  readonly configFile: string;
  readonly loadedAt: string;
}

/** `GET /v1/sessions`. */
export interface SessionsView {
  readonly sessions: readonly SessionView[];
}

/** `GET /v1/announcements`: by neighbour in the file's order, and there by prefix in the file's order. */
export interface AnnouncementsView {
  readonly announcements: readonly AnnouncementView[];
}

/** `GET /v1/checks`: in the file's order. */
export interface ChecksView {
  readonly checks: readonly CheckView[];
}

/** A monitoring station (RFC 7854). */
export interface StationView {
  /** `ADDRESS:PORT`. */
  readonly station: string;
  readonly state: StationReport['state'];
  /** Of the state. */
  readonly since: string;
  readonly lastFault: string | null;
  /** Octets since the daemon started, and those that it has not read yet. */
  readonly sent: number;
  readonly unsent: number;
}

/** What is held of what neighbours sent. */
export interface TableView {
  /** To which there is a path. */
  readonly prefixes: number;
  readonly paths: number;
  /** Paths that were not refused. */
  readonly accepted: number;
  /** Prefixes that have a best path. */
  readonly best: number;
}

/** The full table in the kernel (`kernel.install: full`), in prefixes. */
export interface KernelView {
  readonly installed: Readonly<Record<Family, number>>;
  readonly pending: number;
  readonly failed: Readonly<Record<Family, number>>;
  /** What a run before this one has left, and nobody wants, is gone. */
  readonly settled: boolean;
  readonly lastError: { readonly cause: string; readonly at: string } | null;
}

/** `GET /v1/status`: everything but the routes themselves, of one and the same moment. */
export interface StatusView extends SessionsView, AnnouncementsView {
  readonly daemon: DaemonView;
  readonly table: Readonly<Record<Family, TableView>>;
  /** Null: the file does not want it there. */
  readonly kernel: KernelView | null;
  /** In the file's order. */
  readonly stations: readonly StationView[];
}

export function statusView(port: ControlPort): StatusView {
  const { before, after } = statusFrame(port);
  return { ...before, ...announcementsView(port), ...after };
}

/** The same as JSON in pieces. What is announced is what is wanted as it begins. */
export function statusText(port: ControlPort): DocumentText {
  const { before, after } = statusFrame(port);
  return listText(before, 'announcements', announcementViews(port), after);
}

function statusFrame(port: ControlPort) {
  return {
    before: { daemon: daemonView(port.status()), ...sessionsView(port) },
    after: {
      table: { ipv4: tableView(port, 'ipv4'), ipv6: tableView(port, 'ipv6') },
      kernel: kernelView(port),
      stations: port.stations().map(stationView),
    },
  };
}

function kernelView(port: ControlPort): KernelView | null {
  const report = port.kernel();
  if (!report) return null;
  const { installed, pending, failed, settled, lastError } = report;
  const told = lastError && { cause: lastError.cause, at: isoTime(lastError.at) };
  return { installed, pending, failed, settled, lastError: told ?? null };
}

function stationView(report: StationReport): StationView {
  return { ...report, since: isoTime(report.since), lastFault: report.lastFault ?? null };
}

function tableView(port: ControlPort, family: Family): TableView {
  const counts = port.upstreams().map(({ session }) => session.learned[family]);
  const sum = (what: keyof PathCounts) => counts.reduce((total, each) => total + each[what], 0);
  return {
    prefixes: port.learned()?.prefixes(family) ?? 0,
    paths: sum('received'),
    accepted: sum('accepted'),
    best: sum('best'),
  };
}

export function sessionsView(port: ControlPort): SessionsView {
  return { sessions: port.upstreams().map(sessionView) };
}

export function announcementsView(port: ControlPort): AnnouncementsView {
  return { announcements: [...announcementViews(port)] };
}

export function announcementsText(port: ControlPort): DocumentText {
  return listText({}, 'announcements', announcementViews(port));
}

function* announcementViews(port: ControlPort): Generator<AnnouncementView> {
  const sessions = new Map(port.upstreams().map(({ session }) => [session.name, session]));
  for (const announcement of port.walkAnnouncements()) {
    yield announcementView(announcement, sessions.get(announcement.neighbour));
  }
}

export function checksView(port: ControlPort): ChecksView {
  return { checks: port.checks().map(checkView) };
}

function daemonView(status: DaemonStatus): DaemonView {
  return { ...status, startedAt: isoTime(status.startedAt), loadedAt: isoTime(status.loadedAt) };
}
