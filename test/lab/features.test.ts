/** What an experiment needs and a machine lacks: the reason says what to do. */

import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { type Features, unavailable } from '../../src/lab/features.ts';

const ALL: Features = { koffi: true, means: 'netem', quagga: undefined };

t.test('what needs the optional package says its name where it is missing', async (t) => {
  for (const need of ['bfd', 'password', 'ttl-security'] as const) {
    t.equal(unavailable({ needs: [need] }, ALL), undefined);
    t.match(unavailable({ needs: [need] }, { ...ALL, koffi: false }), /npm install koffi/);
  }
  t.equal(unavailable({ needs: [] }, { ...ALL, koffi: false, means: undefined }), undefined);
});

t.test('degraded links need netem or a relay', async (t) => {
  const needs = ['degraded-links'] as const;
  t.equal(unavailable({ needs }, ALL), undefined);
  t.equal(unavailable({ needs }, { ...ALL, means: 'relay' }), undefined);
  t.match(unavailable({ needs }, { ...ALL, means: undefined }), /no netem.*koffi/);
});

t.test('Quagga is where QUAGGA_SBIN says, or it is not', async (t) => {
  const needs = ['quagga'] as const;
  t.match(unavailable({ needs }, ALL), /set QUAGGA_SBIN/);
  const folder = t.testdir({ zebra: '#!/bin/sh\n' });
  chmodSync(join(folder, 'zebra'), 0o755);
  const quagga = { ...ALL, quagga: folder };
  t.equal(unavailable({ needs }, quagga), `missing: ${folder}/bgpd, as QUAGGA_SBIN has it`);
  writeFileSync(join(folder, 'bgpd'), '#!/bin/sh\n', { mode: 0o755 });
  t.equal(unavailable({ needs }, quagga), undefined);
});
