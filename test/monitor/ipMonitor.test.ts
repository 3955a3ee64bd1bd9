/**
 * The lines were recorded with iproute2 6.1.0 on Linux 6.18, but for those of the VLAN, of the bond
 * and of 802.1X, which that kernel did not have.
 */

import t from 'tap';
import { isNamed, type LinkReport, parseMonitorLine } from '../../src/monitor/ipMonitor.ts';

const ETHER = String.raw`\    link/ether ee:e9:0b:d3:9a:12 brd ff:ff:ff:ff:ff:ff link-netnsid 0`;
const LIFETIME = String.raw`\       valid_lft forever preferred_lft forever`;

function link(line: string): LinkReport {
  const report = parseMonitorLine(line);
  if (report?.type !== 'link') throw new Error(`not a link: ${line}`);
  return report;
}

t.test('carrier goes and comes: NO-CARRIER, then UP and LOWER_UP', (t) => {
  const down = `101: eth1@if201: <NO-CARRIER,BROADCAST,MULTICAST,UP> mtu 1500 qdisc noqueue state DOWN group default ${ETHER}`;
  const up = `101: eth1@if201: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP group default ${ETHER}`;
  t.same(link(down), {
    ...{ type: 'link', index: 101, label: 'eth1@if201', altnames: [] },
    cause: 'no-carrier',
  });
  t.equal(link(up).cause, 'up');
  t.end();
});

t.test('set down and up again: UP goes, and before the link is ready NO-CARRIER is said', (t) => {
  const down = `101: eth1@if201: <BROADCAST,MULTICAST> mtu 1500 qdisc noqueue state DOWN group default ${ETHER}`;
  const half = `101: eth1@if201: <NO-CARRIER,BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state DOWN group default ${ETHER}`;
  t.equal(link(down).cause, 'admin-down');
  t.equal(link(half).cause, 'no-carrier');
  t.end();
});

t.test('carrier is gone as soon as LOWER_UP is, whatever the operational state still says', (t) => {
  const line = String.raw`2: br0: <BROADCAST,MULTICAST,UP> mtu 1500 qdisc noqueue state UP group default event FEATURE CHANGE \    link/ether 00:00:00:00:00:00 brd ff:ff:ff:ff:ff:ff`;
  t.equal(link(line).cause, 'no-carrier');
  t.end();
});

t.test('a deleted interface, and one moved to another namespace, is absent', (t) => {
  const deleted = String.raw`Deleted 2: br0: <BROADCAST,MULTICAST> mtu 1500 qdisc noop state DOWN group default \    link/ether 00:00:00:00:00:00 brd ff:ff:ff:ff:ff:ff`;
  const moved = String.raw`Deleted 101: eth1@if201: <BROADCAST,MULTICAST> mtu 1400 qdisc noop state DOWN group default \    link/ether 52:33:56:a6:27:b0 brd ff:ff:ff:ff:ff:ff link-netnsid 0 new-netnsid 0 new-ifindex 101\    altname uplink-to-transit-a-long-name`;
  t.match(link(deleted), { index: 2, label: 'br0', cause: 'absent' });
  t.match(link(moved), { index: 101, cause: 'absent' });
  t.end();
});

t.test('a port that leaves its bridge is "Deleted" from the bridge only', (t) => {
  const left = String.raw`Deleted 101: eth1@if201: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 master br0 state UP \    link/ether ee:e9:0b:d3:9a:12`;
  const joined = String.raw`101: eth1@if201: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 master br0 state UP \    link/ether ee:e9:0b:d3:9a:12`;
  const leftMisnamed = left.replace('br0', 'qdisc');
  const deletedPort = `Deleted 101: eth1: <BROADCAST,MULTICAST> mtu 1500 qdisc noop master qdisc state DOWN group default ${ETHER}`;
  t.equal(link(left).cause, 'up');
  t.equal(link(joined).cause, 'up');
  t.equal(link(leftMisnamed).cause, 'up', 'even when the bridge is called qdisc');
  t.equal(link(deletedPort).cause, 'absent');
  t.end();
});

t.test('loopback, tap, VLAN and bond lines', (t) => {
  const lo = String.raw`1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default \    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00`;
  const tap = String.raw`6: tap0: <NO-CARRIER,BROADCAST,MULTICAST,UP> mtu 1500 qdisc pfifo_fast state DOWN group default \    link/ether 9e:6e:a8:fe:d2:89 brd ff:ff:ff:ff:ff:ff`;
  const vlan = `7: eth1.100@eth1: <NO-CARRIER,BROADCAST,MULTICAST,UP,M-DOWN> mtu 1500 qdisc noqueue state LOWERLAYERDOWN group default ${ETHER}`;
  const bond = `8: eth2: <BROADCAST,MULTICAST,SLAVE,UP,LOWER_UP> mtu 1500 xdp/id:14 qdisc mq master bond0 state UP group default ${ETHER}`;
  t.match(link(lo), { label: 'lo', cause: 'up' });
  t.match(link(tap), { label: 'tap0', cause: 'no-carrier' });
  t.match(link(vlan), { label: 'eth1.100@eth1', cause: 'no-carrier' });
  t.match(link(bond), { label: 'eth2', cause: 'up' });
  t.end();
});

t.test('802.1X is waited for: LOWER_UP without RUNNING is printed as NO-CARRIER', (t) => {
  const line = `3: eth1: <NO-CARRIER,BROADCAST,MULTICAST,UP,LOWER_UP,DORMANT> mtu 1500 qdisc mq state DORMANT group default ${ETHER}`;
  t.equal(link(line).cause, 'no-carrier');
  t.end();
});

t.test('an interface has its name, its altnames, and no other', (t) => {
  const odd = String.raw`101: we!rd<@x-é>@if201: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP group default \    link/ether 52:33:56:a6:27:b0 brd ff:ff:ff:ff:ff:ff link-netnsid 0\    altname uplink-to-transit-a-long-name\    altname second`;
  const report = link(odd);
  t.same(report.altnames, ['uplink-to-transit-a-long-name', 'second']);
  t.equal(report.cause, 'up');
  for (const name of ['we!rd<@x-é>', 'uplink-to-transit-a-long-name', 'second']) {
    t.ok(isNamed(report, name), name);
  }
  for (const name of ['we!rd', 'x-é>', 'if201', 'uplink', '']) t.notOk(isNamed(report, name), name);
  t.end();
});

t.test('a name with @ in it may be either reading, since the line does not tell', (t) => {
  const report = link(
    String.raw`3: b@c: <BROADCAST,MULTICAST> mtu 1500 qdisc noop state DOWN group default \    link/ether fe:eb:00:80:78:5b brd ff:ff:ff:ff:ff:ff`,
  );
  t.ok(isNamed(report, 'b@c'));
  t.ok(isNamed(report, 'b'));
  t.notOk(isNamed(report, 'c'));
  t.end();
});

t.test('addresses that come, go and change, of both families', (t) => {
  const four = `101: eth1    inet 192.0.2.1/30 scope global eth1${LIFETIME}`;
  const gone = `Deleted 101: eth1    inet 192.0.2.1/30 scope global eth1${LIFETIME}`;
  const peer = `101: eth1    inet 192.0.2.1 peer 192.0.2.2/32 scope global we!rd<@x-é>${LIFETIME}`;
  const six = `101: eth1    inet6 2001:db8::2/64 scope global tentative ${LIFETIME}`;
  t.same(parseMonitorLine(four), { type: 'address', index: 101, deleted: false });
  t.same(parseMonitorLine(gone), { type: 'address', index: 101, deleted: true });
  t.same(parseMonitorLine(peer), { type: 'address', index: 101, deleted: false });
  t.same(parseMonitorLine(six), { type: 'address', index: 101, deleted: false });
  t.end();
});

t.test('lines of any other kind mean nothing', (t) => {
  const lines = [
    '',
    'Deleted',
    '101:',
    '198.51.100.0/30 dev eth1 proto kernel scope link src 198.51.100.2 linkdown',
    '198.51.100.1 dev eth1 lladdr 02:fc:00:00:00:01 REACHABLE',
    'Unknown message: type=0x00000058(88) flags=0x00000000(0) len=0x0000001c(28)',
  ];
  for (const line of lines) t.equal(parseMonitorLine(line), undefined, line);
  t.end();
});
