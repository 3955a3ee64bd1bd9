import { createHash } from 'node:crypto';
import t from 'tap';
import { standing, withHead } from '../../src/generate/head.ts';

const hash = (text: string) => createHash('sha256').update(text).digest('hex');
const origin = { version: '1.2.3', file: 'multihomed.yaml', digest: 'ab'.repeat(32) };
const file = { path: 'x', mode: 0o640, comment: '!' as const, content: 'router bgp 64500\n' };

t.test('the head says what wrote it, from what, and what is not expressed', async (t) => {
  const lost = [{ what: 'upstreams.a.role', why: 'it has no roles' }];
  const [first, , third, fourth, ...rest] = withHead(file, origin, hash, lost).split('\n');
  t.equal(first, `! Written by multihomed 1.2.3 from multihomed.yaml, sha256 ${'ab'.repeat(32)}.`);
  t.equal(third, '! Not expressed here: upstreams.a.role: it has no roles');
  t.match(fourth, /^! checksum: [0-9a-f]{64}$/);
  t.strictSame(rest, ['router bgp 64500', '']);
});

t.test('a change anywhere is seen, and so is a file of somebody else', async (t) => {
  const text = withHead(file, origin, hash);
  t.equal(standing(text, hash), 'ours');
  t.equal(standing(text.replace('64500', '64501'), hash), 'edited');
  t.equal(standing(text.replace('1.2.3', '1.2.4'), hash), 'edited');
  t.equal(standing(`${text}!\n`, hash), 'edited');
  t.equal(standing('router bgp 64500\n', hash), 'foreign');
});

t.test('a script keeps its first line', async (t) => {
  const script = { ...file, comment: '#' as const, content: '#!/bin/sh\ntrue\n' };
  const text = withHead(script, origin, hash);
  t.match(text, /^#!\/bin\/sh\n# Written by /);
  t.equal(standing(text, hash), 'ours');
});
