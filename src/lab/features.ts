/** What an experiment may need and not find; then it is reported, and not half played. */

import { type Means, meansHere } from './degradedLinks.ts';
import type { Experiment, Need } from './experiment.ts';
import { quaggaPrograms } from './players/quagga.ts';
import { canRelay } from './relay/packetSocket.ts';
import { isExecutable } from './requirements.ts';

/** What this machine has, beside packages: those are asked for by name (`requirements.ts`). */
export interface Features {
  readonly koffi: boolean;
  readonly means: Means | undefined;
  /** Where Quagga's daemons are; undefined: nobody said. */
  readonly quagga: string | undefined;
}

export function featuresHere(): Features {
  return { koffi: canRelay(), means: meansHere(), quagga: process.env.QUAGGA_SBIN };
}

const NO_KOFFI = 'the optional package koffi is not there: `npm install koffi`';

/** By name: what is in the way; undefined: nothing. */
const REASONS: Readonly<Record<Need, (features: Features) => string | undefined>> = {
  bfd: ({ koffi }) => (koffi ? undefined : NO_KOFFI),
  password: ({ koffi }) => (koffi ? undefined : NO_KOFFI),
  'ttl-security': ({ koffi }) => (koffi ? undefined : NO_KOFFI),
  'degraded-links': ({ means }) =>
    means ? undefined : `this kernel has no netem, and for a relay ${NO_KOFFI}`,
  quagga: ({ quagga }) => quaggaFault(quagga),
};

/** Why it cannot be played; undefined: it can. */
export function unavailable(
  { needs }: Pick<Experiment, 'needs'>,
  features: Features,
): string | undefined {
  for (const need of needs) {
    const reason = REASONS[need](features);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

function quaggaFault(directory: string | undefined): string | undefined {
  if (directory === undefined) {
    return 'Quagga is in no current distribution: set QUAGGA_SBIN to the folder of its zebra and bgpd';
  }
  const lacking = quaggaPrograms(directory).filter((path) => !isExecutable(path));
  return lacking.length === 0 ? undefined : `missing: ${lacking.join(', ')}, as QUAGGA_SBIN has it`;
}
