/** Where checks of a good file and this machine disagree. */

import type { CheckConfig } from '../config/checkConfig.ts';
import type { Problem } from '../config/problem.ts';
import type { Machine } from './machine.ts';

type Words = Pick<Problem, 'cause' | 'consequence' | 'mend'>;

/** Each with the key of the check that it is about. */
export function checkWords(
  { probe, source }: CheckConfig,
  machine: Machine,
): readonly (readonly [string, Words])[] {
  const found: (readonly [string, Words])[] = [];
  if (source && !machine.addresses.has(source.text))
    found.push(['source', sourceWords(source.text)]);
  if (probe.kind === 'link' && !machine.interfaces.has(probe.interface)) {
    found.push(['link', linkWords(probe.interface)]);
  }
  if (probe.kind === 'exec') {
    const [program = ''] = probe.argv;
    const fault = machine.fileFault(program, 'run');
    if (fault !== undefined) found.push(['exec', execWords(program, fault)]);
  }
  if (probe.kind === 'http' && probe.ca !== undefined) {
    const fault = machine.fileFault(probe.ca, 'read');
    if (fault !== undefined) found.push(['ca', caWords(probe.ca, fault)]);
  }
  if (probe.kind === 'ping' && !machine.findsPing) found.push(['ping', PING_WORDS]);
  return found;
}

const NEVER = 'the check fails, and what needs it is not announced';

function sourceWords(address: string): Words {
  return {
    cause: `no interface that is up has the address ${address}`,
    consequence: NEVER,
    mend: 'add it to an interface, or correct it; without source the kernel chooses',
  };
}

function linkWords(device: string): Words {
  return {
    cause: `there is no interface ${device} on this machine`,
    consequence: NEVER,
    mend: 'create it, or correct the name; `ip -br link` has those that are there',
  };
}

function execWords(program: string, fault: string): Words {
  return {
    cause: `${program} cannot be run by this user: ${fault}`,
    consequence: NEVER,
    mend: 'correct the path, or `chmod +x` it',
  };
}

function caWords(file: string, fault: string): Words {
  return {
    cause: `${file} cannot be read by this user: ${fault}`,
    consequence: NEVER,
    mend: 'correct the path, or its mode',
  };
}

const PING_WORDS: Words = {
  cause: 'there is no program ping on this machine',
  consequence: NEVER,
  mend: 'install iputils-ping',
};
