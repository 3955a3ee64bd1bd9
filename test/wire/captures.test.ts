/** Real traffic: captures of others' routers, where that data is present. */

import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import type { MessageDescription } from '../../src/wire/describe.ts';
import { capturedMessages } from '../support/capturedMessages.ts';
import { PROGRAMS } from '../support/requirements.ts';
import { type TsharkFields, type TsharkMessage, tsharkMessages } from '../support/tshark.ts';

const PCAPS = fileURLToPath(new URL('../../../shared/data/pcaps/', import.meta.url));

const skipPcaps = existsSync(PCAPS) ? false : `${PCAPS} is missing`;
const skipTshark = skipPcaps || (existsSync(PROGRAMS.tshark) ? false : 'tshark is missing');

const FLAG_BITS = { optional: 0x80, transitive: 0x40, partial: 0x20, 'extended-length': 0x10 };

const PREFIX_FIELDS = [
  'bgp.nlri_prefix',
  'bgp.withdrawn_prefix',
  'bgp.mp_reach_nlri_ipv4_prefix',
  'bgp.mp_reach_nlri_ipv6_prefix',
  'bgp.mp_unreach_nlri_ipv4_prefix',
  'bgp.mp_unreach_nlri_ipv6_prefix',
];

/** Everything else in the captures is to be found in order. */
const FAULTY: readonly (readonly [RegExp, string])[] = [
  // Made by hand, with nothing but an extended community beside MP_REACH_NLRI: RFC 7606 §3(d).
  [/^ryu_evpn_(?!nlri_ip_prefix)/, 'treat-as-withdraw: ORIGIN is missing, AS_PATH is missing'],
  // ORF (RFC 5291) was not offered by us: RFC 7313 §5.
  [/^packetlife_bgp-orf-prefix/, 'session-reset 7/1: a ROUTE-REFRESH cannot be 46 octets long'],
  // The parameters end after one octet of five: RFC 4271 §6.2.
  [
    /^pcpp_Bgp_open_malformed/,
    'session-reset 2/0: the optional parameters have 1 octets and say 5',
  ],
];

function verdictText({ verdict }: MessageDescription): string {
  if (verdict.kind === 'ok') return 'ok';
  const faults = verdict.faults.join(', ');
  if (verdict.kind !== 'session-reset') return `${verdict.kind}: ${faults}`;
  return `${verdict.kind} ${verdict.code}/${verdict.subcode}: ${faults}`;
}

t.test(
  'every message of every capture is decoded, with the verdict it deserves',
  { skip: skipPcaps },
  (t) => {
    let count = 0;
    for (const file of readdirSync(PCAPS)) {
      const messages = capturedMessages(PCAPS + file);
      const verdicts = new Set(messages.map(verdictText).filter((text) => text !== 'ok'));
      const expected = FAULTY.flatMap(([pattern, text]) => (pattern.test(file) ? [text] : []));
      t.same([...verdicts], expected, file);
      t.ok(messages.length > 0, `${file} holds messages`);
      count += messages.length;
    }
    t.ok(count > 700, `${count} messages`);
    t.end();
  },
);

/** One of each kind: OPENs of many sorts, AS paths of both widths, sets, IPv6, a NOTIFICATION. */
const SAMPLE = [
  'bgp-rs_BGP_AS_set.cap',
  'bgp-rs_BGP_notification.cap',
  'bgp-rs_BGP_soft_reset.cap',
  'bgp-rs_BGP_MP_NLRI.cap',
  'netgauze_bgp_multiple-sessions_traffic.pcap',
  'tcpdump_bgp-4byte-asn.pcap',
  'tcpdump_bgp-large-community.pcap',
  'tcpdump_bgp-role.pcapng',
];

for (const file of SAMPLE) {
  t.test(`tshark reads the same fields in ${file}`, { skip: skipTshark }, (t) => {
    const ours = capturedMessages(PCAPS + file).map(ourFields);
    const theirs = tsharkMessages(PCAPS + file).map(tsharkFields);
    // tshark lists them by packet, we by stream.
    t.same(ours.map((m) => JSON.stringify(m)).sort(), theirs.map((m) => JSON.stringify(m)).sort());
    t.end();
  });
}

type Comparable = Readonly<Record<string, number | string | readonly (number | string)[]>>;

function ourFields(message: MessageDescription): Comparable {
  const { length } = message;
  if ('malformed' in message) return { malformed: message.octets };
  switch (message.type) {
    case 'OPEN': {
      const { version, myAs, holdTime, bgpIdentifier } = message;
      const capabilities = message.capabilities.map(({ code }) => code);
      return { type: 1, length, version, myAs, holdTime, bgpIdentifier, capabilities };
    }
    case 'UPDATE':
      return { type: 2, length, ...ourUpdate(message) };
    case 'NOTIFICATION':
      return { type: 3, length, code: message.code };
    case 'KEEPALIVE':
      return { type: 4, length };
    case 'ROUTE-REFRESH': {
      const { afi, subtype, safi } = message;
      return { type: 5, length, afi, subtype, safi };
    }
  }
}

function ourUpdate(update: Extract<MessageDescription, { type: 'UPDATE' }>): Comparable {
  if (!('attributes' in update)) return {};
  const value = (code: number) => update.attributes.find((a) => a.code === code)?.value;
  const text = (code: number) => String(value(code) ?? '');
  return {
    attributes: update.attributes.map(({ code, flags }) => {
      const bits = Object.entries(FLAG_BITS).filter(([name]) => flags.includes(name));
      return `${code} 0x${bits.reduce((sum, [, bit]) => sum + bit, 0).toString(16)}`;
    }),
    origin: String(['igp', 'egp', 'incomplete'].indexOf(text(1))).replace('-1', ''),
    asPath: JSON.stringify(value(2) ?? []).match(/\d+/g) ?? [],
    as4Path: JSON.stringify(value(17) ?? []).match(/\d+/g) ?? [],
    nextHop: text(3),
    multiExitDisc: text(4),
    localPref: text(5),
    prefixes: [...update.withdrawn, ...update.announced].map(({ prefix }) => prefix).sort(),
  };
}

function tsharkFields({ fields, attributes }: TsharkMessage): Comparable {
  const number = (name: string) => Number(fields.get(name)?.[0]);
  const [type, length] = [number('bgp.type'), number('bgp.length')];
  switch (type) {
    case 1:
      return {
        type,
        length,
        version: number('bgp.open.version'),
        myAs: number('bgp.open.myas'),
        holdTime: number('bgp.open.holdtime'),
        bgpIdentifier: fields.get('bgp.open.identifier')?.[0] ?? '',
        capabilities: (fields.get('bgp.cap.type') ?? []).map(Number),
      };
    case 2:
      return { type, length, ...tsharkUpdate(fields, attributes) };
    case 3:
      return { type, length, code: number('bgp.notify.major_error') };
    case 5: {
      const of = (name: string) => number(`bgp.route_refresh.${name}`);
      return { type, length, afi: of('afi'), subtype: of('subtype'), safi: of('safi') };
    }
    default:
      return { type, length };
  }
}

function tsharkUpdate(fields: TsharkFields, attributes: readonly TsharkFields[]): Comparable {
  const name = (suffix: string) => `bgp.update.path_attribute.${suffix}`;
  const first = (field: string) => fields.get(name(field))?.[0] ?? '';
  const path = (code: string) => {
    const segments = attributes.find((a) => a.get(name('type_code'))?.[0] === code);
    const asns = (width: number) => segments?.get(name(`as_path_segment.as${width}`)) ?? [];
    return [...asns(2), ...asns(4)];
  };
  const lengths = fields.get('bgp.prefix_length') ?? [];
  return {
    attributes: attributes.map((a) => `${a.get(name('type_code'))} ${a.get(name('flags'))}`),
    origin: first('origin'),
    asPath: path('2'),
    as4Path: path('17'),
    nextHop: first('next_hop'),
    multiExitDisc: first('multi_exit_disc'),
    localPref: first('local_pref'),
    prefixes: PREFIX_FIELDS.flatMap((field) => fields.get(field) ?? [])
      .map((prefix, i) => `${prefix}/${lengths[i]}`)
      .sort(),
  };
}
