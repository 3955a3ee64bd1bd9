/**
 * Names that a configuration of Quagga or FRR uses and does not define: neither daemon minds, and what
 * names a list that is not there then matches nothing, or everything.
 */

import { TargetError } from './target.ts';

const KINDS = [
  {
    kind: 'prefix-list',
    defined: /^(?:ip|ipv6) prefix-list (\S+) /gm,
    used: /^ match (?:ip|ipv6) address prefix-list (\S+)$/gm,
  },
  {
    kind: 'as-path access-list',
    defined: /^(?:ip|bgp) as-path access-list (\S+) /gm,
    used: /^ match as-path (\S+)$/gm,
  },
  {
    kind: 'route-map',
    defined: /^route-map (\S+) /gm,
    used: /^ *neighbor \S+ route-map (\S+) (?:in|out)$/gm,
  },
  {
    kind: 'BFD profile',
    defined: /^ profile (\S+)$/gm,
    used: /^ neighbor \S+ bfd profile (\S+)$/gm,
  },
] as const;

/** Throws TargetError. */
export function judgeReferences(text: string): void {
  const problems = KINDS.flatMap(({ kind, defined, used }) => {
    const known = new Set(namesIn(text, defined));
    const lacking = new Set(namesIn(text, used).filter((name) => !known.has(name)));
    return [...lacking].map(
      (name) => `${kind} ${name} is used and not defined: the template is broken`,
    );
  });
  if (problems.length > 0) throw new TargetError(problems);
}

function namesIn(text: string, pattern: RegExp): readonly string[] {
  return [...text.matchAll(pattern)].map(([, name = '']) => name);
}
