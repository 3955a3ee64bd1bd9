import fc from 'fast-check';
import t from 'tap';
import type { LinkReport } from '../../src/monitor/ipMonitor.ts';
import type { KernelCause } from '../../src/monitor/linkState.ts';
import { WatchedLinks } from '../../src/monitor/watchedLinks.ts';

function report(label: string, cause: KernelCause, index = 101): LinkReport {
  return { type: 'link', index, label, altnames: [], cause };
}

function reading(cause: KernelCause, index: number | undefined = 101, device = 'eth1') {
  return { cause, index, device };
}

/** Watches eth1, which was found up, with index 101, at 0. */
function watchingEth1(): WatchedLinks {
  const links = new WatchedLinks();
  links.setNames(['eth1']);
  links.read('eth1', reading('up'), links.readingMark('eth1'), 0);
  return links;
}

t.test('the first reading is a change, whatever it says', (t) => {
  const links = new WatchedLinks();
  t.same(links.setNames(['eth1', 'eth2']).added, ['eth1', 'eth2']);
  t.equal(links.facts().size, 0);
  const fact = links.read('eth1', reading('up'), links.readingMark('eth1'), 5);
  t.same(fact, { interface: 'eth1', state: 'up', cause: 'up', since: 5 });
  const absent = links.read('eth2', reading('absent', undefined), links.readingMark('eth2'), 6);
  t.same(absent, { interface: 'eth2', state: 'down', cause: 'absent', since: 6 });
  t.equal(links.facts().size, 2);
  t.end();
});

t.test('a report is acted on at once and doubted until a reading says the same', (t) => {
  const links = watchingEth1();
  const verdict = links.report(report('eth1@if201', 'no-carrier'), 7);
  t.same(verdict.changed, [{ interface: 'eth1', state: 'down', cause: 'no-carrier', since: 7 }]);
  t.same(verdict.doubtful, ['eth1']);
  const mark = links.readingMark('eth1');
  t.equal(links.read('eth1', reading('no-carrier'), mark, 8), undefined);
  t.match(links.facts().get('eth1'), { since: 7 });
  t.end();
});

t.test('a report that repeats what is known changes nothing and raises no doubt', (t) => {
  const links = watchingEth1();
  t.same(links.report(report('eth1@if201', 'up'), 7), { changed: [], doubtful: [] });
  t.same(links.report(report('eth2', 'no-carrier', 102), 7), { changed: [], doubtful: [] });
  t.end();
});

t.test('another cause is another fact, though the link stays down', (t) => {
  const links = watchingEth1();
  links.report(report('eth1', 'admin-down'), 7);
  const { changed } = links.report(report('eth1', 'no-carrier'), 9);
  t.match(changed, [{ state: 'down', cause: 'no-carrier', since: 9 }]);
  t.end();
});

t.test('a reading that a report overtook is not believed', (t) => {
  const links = watchingEth1();
  const mark = links.readingMark('eth1');
  links.report(report('eth1', 'no-carrier'), 7);
  links.report(report('eth1', 'up'), 8);
  t.equal(links.read('eth1', reading('no-carrier'), mark, 9), 'overtaken');
  t.match(links.facts().get('eth1'), { state: 'up', since: 8 });
  t.end();
});

t.test('deleted and made again: absent, then whatever index it has now', (t) => {
  const links = watchingEth1();
  t.match(links.report(report('eth1', 'absent'), 7).changed, [{ cause: 'absent' }]);
  t.match(links.report(report('eth1@if9', 'up', 117), 8).changed, [{ cause: 'up' }]);
  t.match(links.report(report('eth1@if9', 'no-carrier', 117), 9).changed, [{ state: 'down' }]);
  t.end();
});

t.test('a renamed interface, and another one under the known name, are asked about first', (t) => {
  const links = watchingEth1();
  t.same(links.report(report('eth9', 'up'), 7), { changed: [], doubtful: ['eth1'] });
  t.same(links.report(report('eth1', 'no-carrier', 117), 7), { changed: [], doubtful: ['eth1'] });
  t.match(links.facts().get('eth1'), { state: 'up' });
  t.end();
});

t.test('an interface that only looks like it because of an @ does not change it', (t) => {
  const links = watchingEth1();
  t.same(links.report(report('eth1@home', 'no-carrier', 3), 7).changed, []);
  t.end();
});

t.test('an altname is watched under itself and looked at under the name proper', (t) => {
  const links = new WatchedLinks();
  links.setNames(['uplink']);
  links.read('uplink', reading('up', 101, 'eth1'), links.readingMark('uplink'), 0);
  t.same(links.belief('uplink'), { device: 'eth1', state: 'up' });
  const line = { ...report('eth1@if201', 'no-carrier'), altnames: ['uplink'] };
  t.match(links.report(line, 7).changed, [{ interface: 'uplink', state: 'down' }]);
  t.end();
});

t.test('a name that is no longer watched is forgotten, and new when it comes back', (t) => {
  const links = watchingEth1();
  const mark = links.readingMark('eth1');
  t.same(links.setNames(['eth1', 'eth2']), { added: ['eth2'], forgotten: [] });
  t.same(links.setNames(['eth2']), { added: [], forgotten: ['eth1'] });
  t.equal(links.read('eth1', reading('admin-down'), mark, 7), undefined);
  t.same(links.report(report('eth1', 'no-carrier'), 7), { changed: [], doubtful: [] });
  const nothingKnownOfEth2 = { added: ['eth1'], forgotten: [] };
  t.same(links.setNames(['eth1']), nothingKnownOfEth2);
  t.same(links.belief('eth1'), { device: 'eth1', state: undefined });
  const stale = links.read('eth1', reading('admin-down'), mark, 8);
  t.equal(stale, 'overtaken', 'an answer to what was asked before');
  t.end();
});

t.test(
  'property: facts follow the last report, and there is an event exactly for each change',
  (t) => {
    const cause = fc.constantFrom<KernelCause>('up', 'no-carrier', 'admin-down', 'absent');
    fc.assert(
      fc.property(fc.array(cause, { maxLength: 40 }), (causes) => {
        const links = watchingEth1();
        let last: KernelCause = 'up';
        for (const [at, next] of causes.entries()) {
          const { changed } = links.report(report('eth1', next), at);
          if (changed.length !== (next === last ? 0 : 1)) return false;
          last = next;
        }
        const fact = links.facts().get('eth1');
        return fact?.cause === last && (fact.state === 'up') === (last === 'up');
      }),
      { seed: 4271 },
    );
    t.end();
  },
);
