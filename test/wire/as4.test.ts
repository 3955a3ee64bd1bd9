import t from 'tap';
import { effectiveAggregator, effectiveAsPath } from '../../src/wire/as4.ts';
import { formatAsPath, readAsPath } from '../../src/wire/asPathText.ts';
import { attribute, GOOD, PREFIX, SESSION, update, viewOf } from '../support/updateBytes.ts';

/** RFC 6793 §4.2.3: AS_PATH, AS4_PATH (or nothing), the path that was meant. */
const MERGES: readonly [title: string, asPath: string, as4Path: string, merged: string][] = [
  ['without AS4_PATH', '0202 fbf0 5ba0', '', '64496 23456'],
  ['AS4_PATH is as long', '0202 5ba0 fbff', '0202 00010000 0000fbff', '65536 64511'],
  ['AS_PATH has grown', '0203 fbf0 5ba0 fbff', '0202 00010000 0000fbff', '64496 65536 64511'],
  ['AS_PATH is the shorter one', '0201 fbf0', '0202 00010000 0000fbff', '64496'],
  [
    'the front ends with a whole segment',
    '0201 fbf0  0202 5ba0 fbff',
    '0202 00010000 0000fbff',
    '64496 65536 64511',
  ],
  [
    'a set in front counts as one and stays whole',
    '0201 fbf0  0103 fbf1 fbf2 fbf3  0201 5ba0',
    '0201 00010000',
    '64496 {64497 64498 64499} 65536',
  ],
  [
    'a set that AS4_PATH has too is not taken twice',
    '0202 fbf0 fbf1  0102 5ba0 fbf3',
    '0201 0000fbf1  0102 00010000 0000fbf3',
    '64496 64497 {65536 64499}',
  ],
  [
    'RFC 6793 §6: confederation segments of AS4_PATH are left out',
    '0202 fbf0 5ba0',
    '0301 0000fde9  0201 00010000',
    '64496 65536',
  ],
];

const BAD_FRONT = { ...SESSION.twoOctet, internal: true };

for (const [title, asPath, as4Path, merged] of MERGES) {
  t.test(`RFC 6793 §4.2.3: ${title}`, (t) => {
    const path = attribute(0x40, 2, asPath);
    const as4 = as4Path === '' ? [] : [attribute(0xc0, 17, as4Path)];
    const attributes = [GOOD.origin, path, GOOD.nextHop, ...as4];
    const bytes = update({ attributes, nlri: PREFIX });
    const found = effectiveAsPath(bytes, viewOf(bytes, SESSION.twoOctet), SESSION.twoOctet);
    t.equal(found && formatAsPath(readAsPath(found, 0, found.length, 4)), merged);
    t.end();
  });
}

t.test('RFC 6793 §4.2.3: confederation segments go along with the front that they are in', (t) => {
  const path = attribute(0x40, 2, '0301 fde9  0201 fbf0  0401 fdea  0201 5ba0  0301 fdeb');
  const as4 = attribute(0xc0, 17, '0201 00010000');
  const bytes = update({ attributes: [GOOD.origin, path, GOOD.nextHop, as4], nlri: PREFIX });
  const found = effectiveAsPath(bytes, viewOf(bytes, BAD_FRONT), BAD_FRONT);
  const text = found && formatAsPath(readAsPath(found, 0, found.length, 4));
  t.equal(text, '(65001) 64496 [65002] 65536');
  t.end();
});

const as4Attributes = [
  attribute(0xc0, 17, '0201 00010000'),
  attribute(0xc0, 18, '00010000 c0000201'),
];

t.test('RFC 6793 §4.2.3: an aggregator that is not AS_TRANS overrules both AS4 attributes', (t) => {
  const context = SESSION.twoOctet;
  for (const [aggregator, path, code] of [
    ['fbf1', '64496', 7],
    ['5ba0', '65536', 18],
  ] as const) {
    const attributes = [
      GOOD.origin,
      GOOD.asPathTwoOctet,
      GOOD.nextHop,
      attribute(0xc0, 7, `${aggregator} c0000201`),
      ...as4Attributes,
    ];
    const bytes = update({ attributes, nlri: PREFIX });
    const view = viewOf(bytes, context);
    const found = effectiveAsPath(bytes, view, context);
    t.equal(found && formatAsPath(readAsPath(found, 0, found.length, 4)), path);
    t.equal(effectiveAggregator(bytes, view, context), code);
  }
  t.end();
});

t.test('RFC 6793 §4.1: on a four-octet session AS_PATH says it all', (t) => {
  const attributes = [GOOD.origin, GOOD.asPath, GOOD.nextHop, ...as4Attributes];
  const bytes = update({ attributes, nlri: PREFIX });
  const view = viewOf(bytes);
  const found = effectiveAsPath(bytes, view, SESSION.external);
  t.equal(found && formatAsPath(readAsPath(found, 0, found.length, 4)), '64496');
  t.equal(effectiveAggregator(bytes, view, SESSION.external), undefined);
  t.end();
});

t.test('without AS_PATH there is no path', (t) => {
  const bytes = update({ withdrawn: PREFIX });
  t.equal(effectiveAsPath(bytes, viewOf(bytes), SESSION.twoOctet), undefined);
  t.end();
});
