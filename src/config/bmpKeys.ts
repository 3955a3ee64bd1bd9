/** What the file says of a monitoring station. */

import { address, formatListen } from './addressFields.ts';
import type { BmpStation } from './config.ts';
import { choice, type Field, integer, milliseconds } from './field.ts';
import type { Findings, Place } from './findings.ts';
import type { ListKind } from './list.ts';
import { fallback, mapping, type ReadKeys, required } from './mapping.ts';
import type { KnownWords } from './unknownKey.ts';
import type { Node } from './yamlTree.ts';

const STATION = {
  address: required(address, "The station's address, which we connect to."),
  port: required(
    integer('a port', 1, 65_535, 'TCP has no other ports'),
    "The station's port: there is no usual one.",
  ),
  routes: fallback(
    choice('a set of routes', ['pre-policy', 'post-policy', 'both']),
    'pre-policy',
    'Which routes it is told of: all that neighbours send (pre-policy), those that `import` and `accept` let in (post-policy), or both, as two tables.',
  ),
  statistics: fallback(
    milliseconds('an interval of reports', {
      min: 1000,
      max: 86_400_000,
      because: 'stations expect numbers every few seconds to hours',
    }),
    '1m',
    'How often it is told the numbers of each session.',
  ),
};

const WORDS: KnownWords = {
  owner: 'a station',
  later: {},
  foreign: {
    host: 'address',
    server: 'address',
    station: 'address',
    collector: 'address',
    'stats-interval': 'statistics',
    stats: 'statistics',
    policy: 'routes',
    monitor: 'routes',
  },
  elsewhere: {},
};

const stationMapping = mapping(STATION, WORDS);

interface ReadStation {
  readonly endpoint: string;
  readonly station: BmpStation;
}

/** Undefined where a required key is missing or faulty: that has been told. */
export const bmpStation: Field<ReadStation> = {
  schema: stationMapping.schema,
  read(node: Node, place: Place, findings: Findings): ReadStation | undefined {
    const read = stationMapping.read(node, place, findings);
    const station = read && stationOf(read);
    return station && { endpoint: formatListen(station), station };
  },
};

function stationOf(read: ReadKeys<typeof STATION>): BmpStation | undefined {
  if (!read.address || !read.port) return undefined;
  return {
    address: read.address.value,
    port: read.port.value,
    routes: read.routes.value,
    statistics: read.statistics.value,
  };
}

export const BMP_STATIONS: ListKind<ReadStation> = {
  name: 'stations',
  max: 4,
  because: 'each is told of the whole table, by a walk of its own',
  key: ({ endpoint }) => endpoint,
  repetition: 'error',
};

export function bmpStationOf({ station }: ReadStation): BmpStation {
  return station;
}
