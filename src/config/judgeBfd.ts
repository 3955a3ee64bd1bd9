/** What a neighbour's `bfd` says, against itself and that of others. */

import type { BfdAuthenticationKind } from './bfdAuthentication.ts';
import type { Findings, Told } from './findings.ts';
import type { ReadNeighbour } from './neighbourKeys.ts';

/** `watched`: those before it that BFD watches, by address. */
export function judgeBfd(
  name: string,
  { address, bfd }: ReadNeighbour,
  watched: Map<string, string>,
  findings: Findings,
): void {
  if (!bfd) return;
  judgeAuthentication(bfd, findings);
  if (!address) return;
  const { text } = address.value;
  const other = watched.get(text);
  if (other === undefined) {
    watched.set(text, name);
    return;
  }
  findings.error(bfd.place, {
    cause: `BFD watches ${text} for ${other} already`,
    consequence: 'there is one BFD session to an address (RFC 5881 §2), whichever port BGP has',
    mend: `leave bfd to one of them; when it is lost, only that one's session drops at once`,
  });
}

function judgeAuthentication(
  { value, place }: NonNullable<ReadNeighbour['bfd']>,
  findings: Findings,
): void {
  const { authentication, password } = value;
  const asked = authentication ?? value['key-id'];
  if (!password) {
    if (asked && !findings.isFaulty(`${place.path}.password`)) {
      findings.error(asked.place, NO_PASSWORD);
    }
    return;
  }
  const weakness = authentication && WEAK[authentication.value];
  if (!weakness) return;
  findings.warning(authentication.place, {
    ...weakness,
    mend: 'write meticulous-keyed-sha1, or remove the key, if the neighbour can',
  });
}

const NO_PASSWORD: Told = {
  cause: 'how packets are authenticated is said, and by which password is not',
  consequence: 'they would be authenticated by nothing',
  mend: 'add password: file:/etc/multihomed/transit-a.bfd, or remove it',
};

const REPEATED = 'whoever sees one may repeat it for ever: a dead neighbour would still look alive';

/** What speaks against all that is not meticulous. */
const WEAK: Readonly<Partial<Record<BfdAuthenticationKind, Omit<Told, 'mend'>>>> = {
  simple: {
    cause: 'simple sends the password itself in every packet',
    consequence: 'whoever sees one may speak for the neighbour, and for us',
  },
  'keyed-md5': {
    cause: 'with keyed-md5 the last packet may come again',
    consequence: `${REPEATED}; MD5 is the weaker hash, too`,
  },
  'keyed-sha1': { cause: 'with keyed-sha1 the last packet may come again', consequence: REPEATED },
};
