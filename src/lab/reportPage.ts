/**
 * The reports of a round as one page: no script, nothing from elsewhere, every text escaped. Each
 * experiment has its timeline as a picture: a bar for each neighbour of the collector while it had a
 * path, one for the client while it was not served, and a line for each thing that was done.
 */

import type { Outage, PathChange } from './observation.ts';
import type { ExperimentReport } from './report.ts';

export function reportPage(reports: readonly ExperimentReport[], made: Date): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>multihomed lab</title>
<style>${STYLE}</style>
</head>
<body>
<h1>multihomed lab</h1>
<p>${escaped(made.toISOString())}</p>
${reports.map(section).join('\n')}
</body>
</html>
`;
}

/** For text and for attributes in double quotes. */
export function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

const STYLE = `
body { font: 15px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; color: #1b1f24; background: #fff }
h2 { font-size: 1.1rem; margin: 2.5rem 0 .25rem }
table { border-collapse: collapse; margin: .5rem 0 } td { padding: .1rem .8rem .1rem 0; vertical-align: top }
.ok { color: #17663a } .failed { color: #a3161b } .absent { color: #6b5900 }
svg { width: 100%; height: auto } svg text { font: 12px system-ui, sans-serif; fill: #1b1f24 }
.path { fill: #4c8a67 } .outage { fill: #c0392b } .deed { stroke: #555; stroke-dasharray: 3 3 } .axis { stroke: #999 }
@media (prefers-color-scheme: dark) { body { color: #e6e6e6; background: #16181b } svg text { fill: #e6e6e6 } .ok { color: #6fca94 } .failed { color: #f08080 } .absent { color: #d8c25a } .deed { stroke: #aaa } }
`;

function section(report: ExperimentReport): string {
  const { name, title, result, round } = report;
  const again = round > 1 ? ` (round ${round})` : '';
  const kind = result === 'not available' ? 'absent' : result;
  const head = `<h2><span class="${kind}">${result}</span> ${escaped(name)}: ${escaped(title)}${again}</h2>`;
  if (report.result === 'not available') return `${head}\n<p>${escaped(report.why)}</p>`;
  const rows = report.verdicts.map(
    ({ expected, seen, ok }) =>
      `<tr><td class="${ok ? 'ok' : 'failed'}">${ok ? 'seen' : 'not seen'}</td><td>${escaped(expected)}</td><td>${escaped(seen)}</td></tr>`,
  );
  const relay =
    report.degradedBy === 'relay' ? '<p>This kernel has no netem: the link is a relay.</p>\n' : '';
  return `${head}\n${relay}${picture(report)}\n<table>${rows.join('\n')}</table>`;
}

type Played = Extract<ExperimentReport, { readonly deeds: unknown }>;

/** In the picture's own units. */
const LEFT = 130;
const WIDTH = 900;
/** Room for the last number of the axis. */
const MARGIN = 36;
const ROW = 26;
const BAR = 14;

function picture({ deeds, paths, outages, duration, title, hasClient }: Played): string {
  const x = (at: number) =>
    LEFT + (Math.min(Math.max(at, 0), duration) / duration) * (WIDTH - LEFT - MARGIN);
  const names = Object.keys(paths);
  const top = 16 * deeds.length + 8;
  const rows = names.map((name, i) => {
    const y = top + i * ROW;
    const bars = spansOf(paths[name] ?? [], duration).map(({ from, to, path }) =>
      bar('path', x(from), x(to), y, `${name}: ${path}`),
    );
    return label(name, y) + bars.join('');
  });
  const served = top + names.length * ROW;
  const lost = outages.map(({ from, to, lost: count }: Outage) =>
    bar('outage', x(from), x(to), served, `${count} requests lost`),
  );
  const bottom = served + (hasClient ? ROW : 0);
  const marks = deeds.map(
    ({ at, text }, i) =>
      `<line class="deed" x1="${n(x(at))}" x2="${n(x(at))}" y1="${16 * i + 4}" y2="${bottom}"/><text x="${n(x(at) + 4)}" y="${16 * i + 14}">${escaped(text)}</text>`,
  );
  return `<svg viewBox="0 0 ${WIDTH} ${bottom + 24}" role="img" aria-label="${escaped(`timeline of: ${title}`)}">
${rows.join('\n')}
${hasClient ? label('client lost', served) : ''}${lost.join('')}
${axis(duration, x, bottom)}
${marks.join('\n')}
</svg>`;
}

/** The times in which there was a path, and which. */
function spansOf(changes: readonly PathChange[], duration: number) {
  return changes.flatMap(({ at, path }, i) => {
    const to = changes[i + 1]?.at ?? duration;
    return path === undefined || to < 0 || at > duration ? [] : [{ from: at, to, path }];
  });
}

function label(text: string, y: number): string {
  return `<text x="0" y="${y + BAR - 2}">${escaped(text)}</text>`;
}

function bar(kind: string, from: number, to: number, y: number, text: string): string {
  const width = Math.max(to - from, 1);
  return `<rect class="${kind}" x="${n(from)}" y="${y}" width="${n(width)}" height="${BAR}"><title>${escaped(text)}</title></rect>`;
}

function axis(duration: number, x: (at: number) => number, y: number): string {
  const seconds = Math.ceil(duration / 1000);
  const every = Math.max(1, Math.round(seconds / 10));
  const ticks = Array.from({ length: Math.floor(seconds / every) + 1 }, (_, i) => i * every);
  const marks = ticks.map(
    (tick) => `<text x="${n(x(tick * 1000))}" y="${y + 18}">${tick} s</text>`,
  );
  return `<line class="axis" x1="${LEFT}" x2="${WIDTH - MARGIN}" y1="${y}" y2="${y}"/>${marks.join('')}`;
}

function n(value: number): string {
  return value.toFixed(1);
}
