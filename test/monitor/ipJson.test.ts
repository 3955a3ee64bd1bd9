/** Recorded with iproute2 6.1.0. */

import t from 'tap';
import { interfacesFrom, linksFrom, routeFrom, routeLengthFrom } from '../../src/monitor/ipJson.ts';

t.test('ip -j link: the name proper, the index, the state, the hardware address', (t) => {
  const text = String.raw`[{"ifindex":101,"link_index":201,"ifname":"we!rd<@x-é>","flags":["BROADCAST","MULTICAST","UP","LOWER_UP"],"mtu":1400,"qdisc":"noqueue","operstate":"UP","linkmode":"DEFAULT","group":"default","txqlen":1000,"link_type":"ether","address":"52:33:56:a6:27:b0","broadcast":"ff:ff:ff:ff:ff:ff","link_netnsid":0,"ifalias":"state DOWN <NO-CARRIER> : \\ foo","altnames":["uplink-to-transit-a-long-name"]}]`;
  t.same(linksFrom(text), [
    { name: 'we!rd<@x-é>', index: 101, cause: 'up', hardwareAddress: '52:33:56:a6:27:b0' },
  ]);
  const dead = '[{"ifindex":6,"ifname":"tap0","flags":["NO-CARRIER","BROADCAST","UP"]}]';
  t.match(linksFrom(dead), [{ cause: 'no-carrier', hardwareAddress: '' }]);
  t.end();
});

t.test('ip -j addr: subnets of dead links too, the far end of a point-to-point link', (t) => {
  const text =
    '[{"ifindex":101,"ifname":"eth1","flags":["NO-CARRIER","BROADCAST","MULTICAST","UP"],"mtu":1400,"operstate":"DOWN","addr_info":[{"family":"inet","local":"192.0.2.1","address":"192.0.2.2","prefixlen":32,"scope":"global","label":"eth1"},{"family":"inet","local":"198.51.100.2","prefixlen":30,"scope":"global"},{"family":"inet6","local":"fe80::5033:56ff:fea6:27b0","prefixlen":64,"scope":"link"}]},{"ifindex":102,"ifname":"eth2","flags":["UP","LOWER_UP"],"addr_info":[]},{}]';
  t.same(interfacesFrom(text), [
    {
      name: 'eth1',
      up: false,
      subnets: [
        { address: '192.0.2.2', length: 32 },
        { address: '198.51.100.2', length: 30 },
      ],
    },
    { name: 'eth2', up: true, subnets: [] },
  ]);
  t.end();
});

t.test('ip -j route get: the device, the type, a gateway of either family', (t) => {
  const route = (text: string) => routeFrom(`[${text}]`);
  const connected = '{"dst":"192.0.2.2","dev":"eth1","prefsrc":"192.0.2.1","flags":[],"uid":0}';
  const local = '{"type":"local","dst":"192.0.2.1","dev":"lo","prefsrc":"192.0.2.1","flags":[]}';
  const gateway = '{"dst":"203.0.113.9","gateway":"192.0.2.2","dev":"eth1","flags":[]}';
  const via = '{"dst":"203.0.113.9","via":{"family":"inet6","host":"fe80::5"},"dev":"eth1"}';
  t.same(route(connected), { interface: 'eth1', type: undefined, viaGateway: false });
  t.same(route(local), { interface: 'lo', type: 'local', viaGateway: false });
  t.same(route(gateway), { interface: 'eth1', type: undefined, viaGateway: true });
  t.same(route(via), { interface: 'eth1', type: undefined, viaGateway: true });
  t.end();
});

t.test('ip -j route get fibmatch: how specific the route is', (t) => {
  const length = (text: string) => routeLengthFrom(`[${text}]`);
  t.equal(length('{"dst":"198.51.100.0/30","dev":"d2","scope":"link","flags":[]}'), 30);
  t.equal(length('{"dst":"2001:db8:ff::/64","dev":"d2","metric":256,"flags":[]}'), 64);
  t.equal(length('{"dst":"198.51.100.1","dev":"d2","scope":"link","flags":[]}'), 32);
  t.equal(length('{"dst":"2001:db8:ff::1","dev":"d2","metric":1024,"flags":[]}'), 128);
  t.equal(length('{"dst":"default","dev":"d2","scope":"link","flags":[]}'), 0);
  const balanced = '{"dst":"192.0.2.0/24","nexthops":[{"dev":"d1"},{"dev":"d2"}]}';
  t.equal(length(balanced), 24, 'several next hops');
  t.end();
});

t.test('text that is not what was asked for yields nothing', (t) => {
  for (const text of ['', 'null', '{}', '[]', '[1,null,"x"]', '[{"ifname":1,"dev":2}]', '<html>']) {
    t.same(linksFrom(text), [], text);
    t.same(interfacesFrom(text), [], text);
    t.equal(routeFrom(text), undefined, text);
    t.equal(routeLengthFrom(text), undefined, text);
  }
  t.end();
});
