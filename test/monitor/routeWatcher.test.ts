import t from 'tap';
import type { MonitorListener } from '../../src/monitor/monitorProcess.ts';
import { RouteWatcher } from '../../src/monitor/routeWatcher.ts';
import { addressFromOctets } from '../../src/net/address.ts';

const NEIGHBOUR = addressFromOctets(Uint8Array.of(198, 51, 100, 1));

function create() {
  const told: string[] = [];
  const listeners: MonitorListener[] = [];
  const watcher = new RouteWatcher(
    (listener) => {
      listeners.push(listener);
      return { start: () => told.push('start'), stop: () => told.push('stop') };
    },
    () => told.push('changed'),
  );
  const [listener] = listeners;
  if (!listener) throw new Error('it made no monitor');
  return { told, watcher, listener };
}

t.test('there is a child only while it runs and has neighbours to look after', (t) => {
  const { told, watcher } = create();
  watcher.start();
  t.same(told, []);
  watcher.setNeighbours([NEIGHBOUR]);
  watcher.setNeighbours([NEIGHBOUR]);
  t.same(told, ['start']);
  watcher.setNeighbours([]);
  t.same(told, ['start', 'stop']);
  watcher.stop();
  watcher.setNeighbours([NEIGHBOUR]);
  t.same(told, ['start', 'stop']);
  watcher.start();
  watcher.stop();
  t.same(told, ['start', 'stop', 'start', 'stop']);
  t.end();
});

t.test('a route to a neighbour is told, and so is that some may have gone unseen', (t) => {
  const { told, watcher, listener } = create();
  watcher.setNeighbours([NEIGHBOUR]);
  watcher.start();
  told.length = 0;
  listener.onLine('203.0.113.0/24 via 198.51.100.1 dev eth1 ');
  t.same(told, []);
  listener.onLine('198.51.100.0/30 dev eth2 scope link ');
  listener.onStart();
  listener.onComplaint();
  t.same(told, ['changed', 'changed', 'changed']);
  t.end();
});

t.test('its failures are left to the link reports to tell', (t) => {
  const { told, watcher, listener } = create();
  watcher.setNeighbours([NEIGHBOUR]);
  listener.onFailure('there is no `ip`');
  listener.onRecovery();
  t.same(told, []);
  t.end();
});
