/** Described messages as people read them: a headline, then a row for each field. */

import { match } from 'ts-pattern';
import type { Colour, Paint } from '../control/paint.ts';
import { wrap } from '../control/wrap.ts';
import { formatAsPath } from '../wire/asPathText.ts';
import type { AttributeValue, DescribedPrefix } from '../wire/attributeText.ts';
import type { MessageDescription } from '../wire/describe.ts';
import type {
  DescribedAttribute,
  DescribedVerdict,
  UpdateDescription,
} from '../wire/describeUpdate.ts';
import { spacedHex } from '../wire/hex.ts';
import { notificationName } from '../wire/notificationText.ts';

interface Look {
  readonly width: number;
  readonly paint: Paint;
}

/** `label`: at most 25 columns. */
interface Row {
  readonly label: string;
  readonly text: string;
  readonly colour?: Colour;
}

const INDENT = '  ';
/** Before the text: room for the longest attribute name. */
const LABEL_WIDTH = 28;
/** Narrower than this the text is not cut to the terminal. */
const LEAST_TEXT = 30;

/** Lines without their ends. */
export function decodeText(description: MessageDescription, look: Look): readonly string[] {
  const { paint } = look;
  const octets = `${description.length} octet${description.length === 1 ? '' : 's'}`;
  return [
    `${paint('bold', headline(description))}, ${octets}`,
    ...[...rows(description), ...verdictRows(description.verdict)].flatMap((row) =>
      rowLines(row, look),
    ),
  ];
}

function headline(description: MessageDescription): string {
  if (!('malformed' in description)) return description.type;
  return description.type === 'UNKNOWN' ? 'not BGP' : `malformed ${description.type}`;
}

function rows(description: MessageDescription): readonly Row[] {
  return match(description)
    .with({ malformed: true }, ({ octets }) => [{ label: 'octets', text: spacedHex(octets) }])
    .with({ type: 'OPEN' }, (open) => [
      { label: 'version', text: String(open.version) },
      { label: 'AS', text: asText(open.asn, open.myAs) },
      { label: 'hold time', text: open.holdTime === 0 ? 'none' : `${open.holdTime} s` },
      { label: 'BGP Identifier', text: open.bgpIdentifier },
      ...list(
        'capabilities',
        open.capabilities.map(({ text }) => text),
      ),
    ])
    .with({ type: 'UPDATE' }, (update) => [
      ...prefixRow('withdrawn', update.withdrawn),
      ...update.attributes.map(attributeRow),
      ...(update.asPath && has(update, 'AS4_PATH')
        ? [{ label: 'path in effect', text: formatAsPath(update.asPath) }]
        : []),
      ...(update.aggregator !== undefined && has(update, 'AS4_AGGREGATOR')
        ? [{ label: 'aggregator in effect', text: valueText(update.aggregator) }]
        : []),
      ...prefixRow('announced', update.announced),
      ...(update.endOfRib ? [{ label: 'End-of-RIB', text: `${update.endOfRib} unicast` }] : []),
    ])
    .with({ type: 'NOTIFICATION' }, ({ text }) => [{ label: 'error', text }])
    .with({ type: 'KEEPALIVE' }, () => [])
    .with({ type: 'ROUTE-REFRESH' }, ({ family, meaning }) => [
      { label: 'family', text: family },
      { label: 'subtype', text: meaning },
    ])
    .exhaustive();
}

function has({ attributes }: UpdateDescription, attribute: string): boolean {
  return attributes.some(({ name }) => name === attribute);
}

function asText(asn: number, myAs: number): string {
  return asn === myAs ? String(asn) : `${asn} (${myAs} in the two-octet field)`;
}

/** A row each, only the first with the label. */
function list(label: string, texts: readonly string[]): readonly Row[] {
  return texts.map((text, i) => ({ label: i === 0 ? label : '', text }));
}

function prefixRow(label: string, prefixes: readonly DescribedPrefix[]): readonly Row[] {
  if (prefixes.length === 0) return [];
  return [{ label, text: prefixes.map(prefixText).join(', ') }];
}

function prefixText({ prefix, pathId }: DescribedPrefix): string {
  return pathId === undefined ? prefix : `${prefix} (path ${pathId})`;
}

function attributeRow({ name, flags, value, discarded }: DescribedAttribute): Row {
  const partial = flags.includes('partial') ? ' (partial)' : '';
  return { label: name, text: `${valueText(value)}${partial}${discarded ? ' (discarded)' : ''}` };
}

/** One line. */
export function valueText(value: AttributeValue): string {
  if (value === true) return 'set';
  if (typeof value !== 'object') return String(value);
  if ('asn' in value) return `AS ${value.asn}, ${value.address}`;
  if ('family' in value) {
    const { family, nlri } = value;
    const nextHop = 'nextHop' in value ? `, next hop ${value.nextHop.join(' and ') || 'none'}` : '';
    // Prefixes that can be read have rows of their own.
    return `${family}${nextHop}${typeof nlri === 'string' && nlri !== '' ? `, NLRI ${spacedHex(nlri)}` : ''}`;
  }
  return listText(value);
}

/** AS paths and lists of texts: in an empty list, both look the same. */
function listText(value: Extract<AttributeValue, readonly unknown[]>): string {
  if (value.length === 0) return 'empty';
  const texts = value.filter((entry): entry is string => typeof entry === 'string');
  if (texts.length > 0) return texts.join(' ');
  return formatAsPath(value.filter((entry) => typeof entry !== 'string'));
}

function rowLines({ label, text, colour }: Row, { width, paint }: Look): readonly string[] {
  const room = Math.max(LEAST_TEXT, width - INDENT.length - LABEL_WIDTH);
  return wrap(text, room).map((line, i) => {
    const head = i === 0 ? label : '';
    const body = colour ? paint(colour, line) : line;
    return `${INDENT}${paint('dim', head)}${' '.repeat(LABEL_WIDTH - head.length)}${body}`;
  });
}

const COLOURS = {
  ok: 'good',
  'attribute-discard': 'warn',
  'treat-as-withdraw': 'warn',
  'session-reset': 'bad',
} as const satisfies Record<DescribedVerdict['kind'], Colour>;

function verdictRows(verdict: DescribedVerdict): readonly Row[] {
  const head = { label: 'verdict', text: verdict.kind, colour: COLOURS[verdict.kind] };
  if (verdict.kind === 'ok') return [head];
  const faults = list('because', verdict.faults);
  if (verdict.kind !== 'session-reset') return [head, ...faults];
  const { code, subcode, data } = verdict;
  const octets = data === '' ? '' : `, data ${spacedHex(data)}`;
  const answer = `${notificationName(code, subcode)} (${code}/${subcode})${octets}`;
  return [head, ...faults, { label: 'answer', text: answer }];
}
