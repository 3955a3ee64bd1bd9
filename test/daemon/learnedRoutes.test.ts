/** What neighbours say over TCP, as the control server reads it: by name, judged, one of them best. */

import { setImmediate as turn } from 'node:timers/promises';
import t from 'tap';
import { RouteViewer } from '../../src/control/routeView.ts';
import { walkRoutes } from '../../src/control/routeWalk.ts';
import { Announcing } from '../../src/daemon/announcing.ts';
import { configOf, onAnyPort } from '../support/ownRoute.ts';
import { RAW_KEEPALIVE, RawPeer, rawMessage, TYPE } from '../support/rawPeer.ts';
import { VirtualClock } from '../support/virtualClock.ts';

const config = onAnyPort(
  configOf(`
asn: 64500
router-id: 192.0.2.1
listen: ["127.0.0.1:1179"]
prefixes: [203.0.113.0/24]
upstreams:
  transit-a: { asn: 3356, address: 127.0.0.2, passive: true }
  transit-b: { asn: 2914, address: 127.0.0.3, passive: true }
`),
);

/** An UPDATE with these AS numbers in AS_PATH. `prefixes`: NLRI in hex. */
function update(path: readonly number[], prefixes: string): string {
  const hex = (value: number, octets: number) => value.toString(16).padStart(octets * 2, '0');
  const segment = `02${hex(path.length, 1)}${path.map((asn) => hex(asn, 4)).join('')}`;
  const asPath = `4002${hex(segment.length / 2, 1)}${segment}`;
  const attributes = `400101 00 ${asPath} 400304 7f000002`.replaceAll(' ', '');
  return rawMessage(TYPE.update, `0000 ${hex(attributes.length / 2, 2)} ${attributes} ${prefixes}`);
}

t.test(
  'routes of two upstreams: named, judged, decided, and gone with their session',
  async (t) => {
    const announcing = new Announcing({ config, clock: new VirtualClock(), onEvent: () => {} });
    t.teardown(() => announcing.stop(''));
    t.equal(announcing.learned(), undefined, 'not before the neighbours are known');
    await announcing.start();
    const port = announcing.listening()[0]?.port ?? 0;
    const a = await RawPeer.connect(port, '127.0.0.1', '127.0.0.2');
    await a.establish({ asn: 3356, identifier: '0a000001' });
    const b = await RawPeer.connect(port, '127.0.0.1', '127.0.0.3');
    await b.establish({ asn: 2914, identifier: '0a000002' });
    const shown = () => {
      const learned = announcing.learned();
      if (!learned) throw new Error('the daemon has started');
      const viewer = new RouteViewer((peer) => learned.nameOf(peer));
      const query = {
        scope: { kind: 'all', families: ['ipv4'] },
        neighbour: undefined,
        state: undefined,
        limit: undefined,
      } as const;
      return [...walkRoutes(learned.reader, query, viewer)].flatMap((route) => {
        const prefix = route?.prefix ?? '';
        return (route?.paths ?? []).map(({ neighbour, state, reason }) => {
          return [prefix, neighbour, state, reason?.code ?? null].join(' ');
        });
      });
    };
    const taken = async (name: string, count: number) => {
      const held = () =>
        announcing.upstreams().find(({ session }) => session.name === name)?.session.learned.ipv4;
      while (held()?.received !== count) await turn();
    };
    a.send(update([3356, 13335], '18010000 08 0a'), update([1, 2], '18010100'));
    b.send(update([2914, 1299, 13335], '18010000'), update([2914], '18cb0071'), RAW_KEEPALIVE);
    await taken('transit-a', 3);
    await taken('transit-b', 2);
    t.strictSame(shown(), [
      '1.0.0.0/24 transit-a best ',
      '1.0.0.0/24 transit-b accepted as-path-length',
      '1.1.0.0/24 transit-a refused first-as',
      '10.0.0.0/8 transit-a refused bogon',
      '203.0.113.0/24 transit-b refused own-prefix',
    ]);
    t.equal(announcing.learned()?.prefixes('ipv4'), 4);

    a.destroy();
    await taken('transit-a', 0);
    while (shown().some((line) => line.includes('leaving'))) await turn();
    t.strictSame(shown(), [
      '1.0.0.0/24 transit-b best ',
      '203.0.113.0/24 transit-b refused own-prefix',
    ]);
  },
);
