/** The hostile neighbours, each with what becomes of it. */

import {
  distinctSets,
  hostRoutes,
  LONGEST,
  largeBlocks,
  refreshes,
  undefinedOrigins,
} from './octets.ts';

export interface Attack {
  /** The neighbour's name in the file. */
  readonly name: string;
  readonly what: string;
  readonly side: 'upstream' | 'downstream';
  /** Hex, beside both families and four-octet AS numbers. */
  readonly offers: string;
  readonly deaf: boolean;
  readonly messages: (asn: number) => Iterable<Buffer>;
  /** What it is told in the end; undefined: its session lives. */
  readonly ended: string | undefined;
  readonly keys: object;
}

const EXTENDED_MESSAGES = '0600';
const ROUTE_REFRESH = '0200';
const CEASE = { maxPrefixes: '6/1', outOfResources: '6/8' } as const;
/** Much more than the quarter of 512 MiB that one neighbour may fill with attributes. */
const TOO_MANY_OCTETS = 200e6;
const BLOCK = { normal: 4000, extended: 65_000 } as const;
const WITHOUT_END = 1e9;

const UPSTREAM = { side: 'upstream', offers: '', deaf: false, ended: undefined, keys: {} } as const;

/** `quick`: as little as shows the same. */
export function attacks(quick: boolean): readonly Attack[] {
  const many = quick ? 100_000 : 1_000_000;
  const limit = quick ? 200_000 : 2_000_000;
  return [
    {
      ...UPSTREAM,
      name: 'large-blocks',
      what: `attribute blocks of ${BLOCK.normal} octets without end`,
      messages: (asn) => {
        return largeBlocks(asn, TOO_MANY_OCTETS / BLOCK.normal, BLOCK.normal, LONGEST.normal);
      },
      ended: CEASE.outOfResources,
    },
    {
      ...UPSTREAM,
      name: 'extended',
      what: `messages of ${LONGEST.extended} octets with attribute blocks of ${BLOCK.extended} without end`,
      offers: EXTENDED_MESSAGES,
      messages: (asn) => {
        return largeBlocks(asn, TOO_MANY_OCTETS / BLOCK.extended, BLOCK.extended, LONGEST.extended);
      },
      ended: CEASE.outOfResources,
    },
    {
      ...UPSTREAM,
      name: 'distinct-sets',
      what: `${many} attribute sets for ${many} prefixes`,
      messages: (asn) => distinctSets(asn, many),
    },
    {
      ...UPSTREAM,
      name: 'host-routes',
      what: `/32s without end, thousands a message, ${limit} allowed`,
      offers: EXTENDED_MESSAGES,
      messages: (asn) => hostRoutes(asn, WITHOUT_END, LONGEST.extended),
      ended: CEASE.maxPrefixes,
      keys: { 'max-prefixes': { ipv4: limit, idle: '2s' } },
    },
    {
      ...UPSTREAM,
      name: 'faulty',
      what: `${many} UPDATEs with a fault`,
      messages: (asn) => undefinedOrigins(asn, many),
    },
    {
      ...UPSTREAM,
      side: 'downstream',
      name: 'deaf',
      what: `reads nothing of the table, and asks for it ${many} times`,
      offers: ROUTE_REFRESH,
      deaf: true,
      messages: () => refreshes(many),
    },
  ];
}
