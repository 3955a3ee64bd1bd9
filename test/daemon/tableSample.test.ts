/** What is held of a neighbour's routes, as `TableWatch` looks at it. */

import t from 'tap';
import { tableSample } from '../../src/daemon/tableSample.ts';
import { parsePrefix } from '../../src/net/text.ts';
import type { Rib } from '../../src/rib/rib.ts';
import type { PeerIndex } from '../../src/rib/ribIn.ts';
import { bringUp, describe, feed, finish, makeRib } from '../rib/fixture.ts';

const DEFAULT = '0.0.0.0/0';
const CANARY = '192.88.99.0/24';

function look(rib: Rib, peer: PeerIndex): string {
  const canary = parsePrefix(CANARY);
  if (!canary) throw new Error('no prefix');
  const { size, hasDefault, canaries } = tableSample({
    ...{ at: 1, sessionSince: 1, families: ['ipv4'], canaries: [canary], rib, peer },
  });
  return `${size} ${hasDefault} ${canaries}`;
}

function loaded(): { rib: Rib; peer: PeerIndex } {
  const rib = makeRib();
  const peer = bringUp(rib, 0);
  feed(rib, peer, { path: [1], announce: [DEFAULT, CANARY] });
  return { rib, peer };
}

t.test('RFC 7313 §4: what is about to be sent again is not missing, unless it is not sent', (t) => {
  const { rib, peer } = loaded();
  t.equal(look(rib, peer), '2 true 1');
  rib.refreshBegin(peer, 'ipv4');
  t.equal(look(rib, peer), '2 true 1', 'in the middle of a refresh');
  feed(rib, peer, { path: [1], announce: [CANARY] });
  feed(rib, peer, { withdraw: [DEFAULT] });
  t.equal(look(rib, peer), '1 false 1', 'what it withdraws is gone');
  feed(rib, peer, { path: [1], announce: [DEFAULT] });
  rib.refreshBegin(peer, 'ipv4');
  feed(rib, peer, { path: [1], announce: [CANARY] });
  rib.refreshEnd(peer, 'ipv4');
  t.equal(look(rib, peer), '2 false 1', 'at the end, before it is swept');
  finish(rib);
  t.equal(look(rib, peer), '1 false 1');
  t.end();
});

t.test('RFC 4724 §4.2: what is only kept of it over a restart, it does not send', (t) => {
  const { rib, peer } = loaded();
  rib.retain(peer, ['ipv4']);
  t.ok(rib.resume(peer, describe(0)));
  t.equal(look(rib, peer), '2 false 0');
  feed(rib, peer, { path: [1], announce: [DEFAULT] });
  t.equal(look(rib, peer), '2 true 0');
  t.end();
});
