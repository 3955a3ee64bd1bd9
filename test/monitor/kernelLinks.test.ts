/** Only what is the same on every machine; the rest is in test/interop/links.interop.ts. */

import t from 'tap';
import { KernelLinks } from '../../src/monitor/kernelLinks.ts';
import { connectedInterface } from '../../src/monitor/routeLookup.ts';

t.test(
  'a name that no interface can have is absent, and leads nowhere else in sysfs',
  async (t) => {
    const links = new KernelLinks();
    for (const name of [
      '',
      '.',
      '..',
      '../../class/net/lo',
      'lo/statistics',
      'a b',
      'a\0b',
      '-h',
    ]) {
      t.match(await links.ask(name), { cause: 'absent', index: undefined }, JSON.stringify(name));
      t.equal(links.glance(name), 'absent', JSON.stringify(name));
    }
  },
);

t.test('what is no address has no route', async (t) => {
  for (const text of ['', 'bogus', '-6', 'a\0b']) {
    t.match(await connectedInterface(text), { interface: undefined, connected: false }, text);
  }
});
