/**
 * Who is who in the demo. AS numbers are RFC 5398's and addresses RFC 5737's, set apart for
 * documentation: nothing here can be mistaken for a real network.
 */

import type { Config } from '../config/config.ts';
import { loadConfig } from '../config/load.ts';
import { formatProblem } from '../config/problem.ts';
import type { FsmConfig } from '../fsm/state.ts';
import { afiSafiOf } from '../net/family.ts';
import { BGP_VERSION } from '../wire/constants.ts';
import { LOOPBACK } from './loopback.ts';

export const EDGE_AS = 64500;
export const COLLECTOR_AS = 64510;
export const PREFIX = '203.0.113.0/24';

/** BGP Identifier of the collector: 192.0.2.10. */
export const COLLECTOR_IDENTIFIER = 0xc000020a;

export interface TransitPlan {
  readonly name: 'transit-a' | 'transit-b';
  readonly asn: number;
  /** BGP Identifier. */
  readonly identifier: number;
  /** The edge's interface towards it: only a name here, the link is a relay. */
  readonly interface: string;
}

/** The collector prefers transit-a: both paths are as long, and its BGP Identifier is lower. */
export const TRANSIT_A: TransitPlan = {
  name: 'transit-a',
  asn: 64496,
  identifier: 0xc000020b, // 192.0.2.11
  interface: 'eth1',
};
export const TRANSIT_B: TransitPlan = {
  name: 'transit-b',
  asn: 64497,
  identifier: 0xc000020c, // 192.0.2.12
  interface: 'eth2',
};

/** The edge's file; `portA` and `portB` are where its links begin. */
export function edgeConfig(portA: number, portB: number): Config {
  const text = `asn: ${EDGE_AS}
router-id: 192.0.2.1
listen: none
prefixes:
  - ${PREFIX}
upstreams:
  ${upstreamLine(TRANSIT_A, portA)}
  ${upstreamLine(TRANSIT_B, portB)}
`;
  const { config, problems } = loadConfig(text, 'demo.yaml');
  if (config) return config;
  throw new Error(problems.map((problem) => formatProblem(problem, 'demo.yaml', text)).join('\n'));
}

function upstreamLine({ name, asn, interface: device }: TransitPlan, port: number): string {
  const link = `address: ${LOOPBACK}, port: ${port}, interface: ${device}`;
  // Nobody here damps flaps: a hold would only keep the story waiting.
  return `${name}: { asn: ${asn}, ${link}, connect-retry: 1s, damping: none }`;
}

/** One side of a session between the demo's routers, or of one with the edge. */
export function sessionBetween(
  local: { readonly asn: number; readonly identifier: number },
  peerAs: number,
  passive: boolean,
): FsmConfig {
  return {
    open: {
      version: BGP_VERSION,
      myAs: local.asn,
      holdTime: 90,
      bgpIdentifier: local.identifier,
      capabilities: [
        { kind: 'multiprotocol', ...afiSafiOf('ipv4') },
        { kind: 'fourOctetAs', asn: local.asn },
      ],
    },
    localAs: local.asn,
    peerAs,
    passive,
    connectRetryTime: 1,
    strictRole: false,
  };
}
