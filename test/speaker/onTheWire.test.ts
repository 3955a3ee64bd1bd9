/**
 * What becomes of a route between one neighbour and the next, by what each of them negotiated: the
 * octets that come in and those that go out, none of them made by the program's own codec.
 */

import t from 'tap';
import { initialRoutes, rawEdge } from '../support/rawEdge.ts';
import { RAW_KEEPALIVE, type RawPeer, rawMessage, rawOpen, TYPE } from '../support/rawPeer.ts';

const UPSTREAM_AS = 64496;
const CUSTOMER_AS = 64499;
const OTHER_AS = 64498;

const NEIGHBOURS = `
prefixes: [203.0.113.0/24]
upstreams:
  up: { asn: ${UPSTREAM_AS}, address: 127.0.0.2, passive: true, import: { bogons: accept }, KEYS }
downstreams:
  down: { asn: ${CUSTOMER_AS}, address: 127.0.0.3, passive: true, accept: full, import: { bogons: accept } }
  other: { asn: ${OTHER_AS}, address: 127.0.0.4, passive: true, DOWN }
`;

function neighbours(keys = 'med: 0', down = 'med: 0'): string {
  return NEIGHBOURS.replace('KEYS', keys).replace('DOWN', down);
}

const MULTIPROTOCOL = '010400010001';
const FOUR_OCTET = (asn: number) => `4104${asn.toString(16).padStart(8, '0')}`;
const EXTENDED = '0600';

/** Capabilities of a neighbour with four-octet AS numbers and these besides. */
function opening(asn: number, ...more: readonly string[]) {
  return { asn, capabilities: [MULTIPROTOCOL, FOUR_OCTET(asn), ...more].join(' ') };
}

const ORIGIN = '40010100';
const PATH = '40020602010000fbf0'; // 64496
const NEXT_HOP = '4003047f000002';
const OUR_PATH = '40020a02020000fbf40000fbf0'; // 64500 64496
const OUR_NEXT_HOP = '4003047f000001';
/** 10.1.0.0/16, and 10.2.0.0/16. */
const A = '100a01';
const B = '100a02';
/** OTC that names the upstream, and us. */
const OTC_UPSTREAM = 'c023040000fbf0';
const OTC_OURS = 'c023040000fbf4';

function hex(value: number, octets: number): string {
  return value.toString(16).padStart(octets * 2, '0');
}

function body(attributes: string, nlri: string, withdrawn = ''): string {
  const of = (octets: string) => `${hex(octets.length / 2, 2)}${octets}`;
  return `${of(withdrawn)}${of(attributes)}${nlri}`;
}

function update(attributes: string, nlri: string, withdrawn = ''): string {
  return rawMessage(TYPE.update, body(attributes, nlri, withdrawn));
}

async function nextUpdate(peer: RawPeer): Promise<string> {
  return (await peer.nextOf(TYPE.update)).body;
}

t.test('RFC 9234 §5: OTC on own and on learned routes, by who gets them', async (t) => {
  const edge = await rawEdge(t, neighbours('med: 0', 'role: peer'));
  const up = await edge.up('127.0.0.2', opening(UPSTREAM_AS));
  const own = (await initialRoutes(up))[0] ?? '';
  t.notMatch(own, 'c02304', 'a provider is sent our own routes without');
  const customer = await edge.up('127.0.0.3', opening(CUSTOMER_AS));
  t.match((await initialRoutes(customer))[0], OTC_OURS, 'a customer is sent them marked');
  const peer = await edge.up('127.0.0.4', opening(OTHER_AS));
  t.match((await initialRoutes(peer))[0], OTC_OURS, 'and so is a peer');

  up.send(update(`${ORIGIN}${PATH}${NEXT_HOP}`, A));
  const passedOn = body(`${ORIGIN}${OUR_PATH}${OUR_NEXT_HOP}${OTC_UPSTREAM}`, A);
  t.equal(await nextUpdate(customer), passedOn, 'learned from a provider: marked as its own');
  up.send(update(`${ORIGIN}${PATH}${NEXT_HOP}${OTC_OURS}`, B));
  t.match(await nextUpdate(customer), OTC_OURS, 'one that is marked stays so');

  // The peer's first update is the customer's route: those of the upstream are not for it.
  const path = '40020602010000fbf3';
  customer.send(update(`${ORIGIN}${path}4003047f000003`, '100a03'));
  t.match(await nextUpdate(peer), new RegExp(`${OTC_OURS}100a03$`));
});

t.test('RFC 9234 §5: a customer that leaks is not believed', async (t) => {
  const edge = await rawEdge(t, neighbours());
  const customer = await edge.up('127.0.0.3', opening(CUSTOMER_AS));
  const other = await edge.up('127.0.0.4', opening(OTHER_AS));
  await initialRoutes(other);
  const path = '40020602010000fbf3';
  customer.send(update(`${ORIGIN}${path}4003047f000003${OTC_UPSTREAM}`, A));
  customer.send(update(`${ORIGIN}${path}4003047f000003c0230300fbf0`, A));
  customer.send(update(`${ORIGIN}${path}4003047f000003`, B));
  t.match(
    await nextUpdate(other),
    new RegExp(`${B}$`),
    'a leak, a malformed OTC, and a good route',
  );
});

t.test('RFC 8654: what is too long for a neighbour is withdrawn from it alone', async (t) => {
  const edge = await rawEdge(t, neighbours());
  const up = await edge.up('127.0.0.2', opening(UPSTREAM_AS, EXTENDED));
  const extended = await edge.up('127.0.0.3', opening(CUSTOMER_AS, EXTENDED));
  const plain = await edge.up('127.0.0.4', opening(OTHER_AS));
  await initialRoutes(extended);
  await initialRoutes(plain);
  up.send(update(`${ORIGIN}${PATH}${NEXT_HOP}`, A));
  t.match(await nextUpdate(extended), new RegExp(`${A}$`));
  t.match(await nextUpdate(plain), new RegExp(`${A}$`));
  const long = `d063${hex(6000, 2)}${'ab'.repeat(6000)}`;
  const told = edge.events.next('RouteTooLarge');
  up.send(update(`${ORIGIN}${PATH}${NEXT_HOP}${long}`, A));
  const passedOn = await nextUpdate(extended);
  t.match(passedOn, `f063${hex(6000, 2)}${'ab'.repeat(6000)}`, 'RFC 4271 §9: with Partial');
  t.equal(await nextUpdate(plain), `0003${A}0000`, 'withdrawn');
  t.match(await told, { receivers: ['other'] });
});

t.test('RFC 8654 §4: a long message may be in one read with the OPEN that allows it', async (t) => {
  const edge = await rawEdge(t, neighbours());
  const customer = await edge.up('127.0.0.3', opening(CUSTOMER_AS, EXTENDED));
  await initialRoutes(customer);
  const up = await edge.connect('127.0.0.2');
  const long = `d063${hex(5000, 2)}${'ab'.repeat(5000)}`;
  const message = update(`${ORIGIN}${PATH}${NEXT_HOP}${long}`, A);
  up.send(rawOpen(opening(UPSTREAM_AS, EXTENDED)), RAW_KEEPALIVE, message);
  t.match(await nextUpdate(customer), new RegExp(`${A}$`));
});

t.test(
  'RFC 7911: two paths of one neighbour, each replaced and withdrawn by its identifier',
  async (t) => {
    const edge = await rawEdge(t, neighbours('add-path: receive', 'add-path: send'));
    const up = await edge.up('127.0.0.2', opening(UPSTREAM_AS, '450400010102'));
    const plain = await edge.up('127.0.0.3', opening(CUSTOMER_AS));
    const paths = await edge.up('127.0.0.4', opening(OTHER_AS, '450400010101'));
    t.match((await initialRoutes(plain))[0], /18cb0071$/);
    t.match(
      (await initialRoutes(paths))[0],
      /0000000118cb0071$/,
      'our own has the first identifier',
    );
    const far = '40020e02030000fbf00000fbf90000fbf9';
    up.send(update(`${ORIGIN}${far}${NEXT_HOP}`, `00000007${A}`));
    t.match(await nextUpdate(plain), new RegExp(`0000fbf9${OUR_NEXT_HOP}${OTC_UPSTREAM}${A}$`));
    const [, id = ''] = /([0-9a-f]{8})100a01$/.exec(await nextUpdate(paths)) ?? [];
    up.send(update(`${ORIGIN}${PATH}${NEXT_HOP}`, `00000009${A}`));
    t.equal(await nextUpdate(plain), body(`${ORIGIN}${OUR_PATH}${OUR_NEXT_HOP}${OTC_UPSTREAM}`, A));
    const [, second = ''] = /([0-9a-f]{8})100a01$/.exec(await nextUpdate(paths)) ?? [];
    t.not(second, id);
    up.send(update('', '', `00000009${A}`));
    t.match(await nextUpdate(plain), /0000fbf90000fbf9/, 'the other one is best again');
    t.equal(await nextUpdate(paths), `0007${second}${A}0000`, 'withdrawn by its identifier');
  },
);

t.test(
  'RFC 4271 §9: unknown transitive attributes go on with Partial, others not at all',
  async (t) => {
    const edge = await rawEdge(t, neighbours());
    const up = await edge.up('127.0.0.2', opening(UPSTREAM_AS));
    const customer = await edge.up('127.0.0.3', opening(CUSTOMER_AS));
    await initialRoutes(customer);
    up.send(update(`${ORIGIN}${PATH}${NEXT_HOP}c06302abcd806401ff`, A));
    const attributes = `${ORIGIN}${OUR_PATH}${OUR_NEXT_HOP}${OTC_UPSTREAM}e06302abcd`;
    t.equal(await nextUpdate(customer), body(attributes, A));
  },
);

t.test(
  'RFC 6793: AS4_PATH is merged for who reads four octets, and made for who reads two',
  async (t) => {
    const edge = await rawEdge(t, neighbours());
    const up = await edge.up('127.0.0.2', { asn: UPSTREAM_AS, capabilities: MULTIPROTOCOL });
    const four = await edge.up('127.0.0.3', opening(CUSTOMER_AS));
    const two = await edge.up('127.0.0.4', { asn: OTHER_AS, capabilities: MULTIPROTOCOL });
    await initialRoutes(four);
    await initialRoutes(two);
    // 64496 23456 64511, of which 65546 64511 are known.
    const path = '4002080203fbf05ba0fbff';
    const as4Path = 'c0110a02020001000a0000fbff';
    up.send(update(`${ORIGIN}${path}${NEXT_HOP}${as4Path}`, A));
    const merged = '0000fbf40000fbf0';
    t.match(await nextUpdate(four), new RegExp(`${merged}.*0001000a0000fbff`));
    const toTwo = await nextUpdate(two);
    t.match(toTwo, 'fbf4fbf0', 'AS_PATH in two octets');
    t.match(toTwo, '5ba0fbff', 'with AS_TRANS');
    t.match(
      toTwo,
      /c011..02020000fbf40000fbf002020001000a0000fbff/,
      'and AS4_PATH, ours before it',
    );
  },
);

t.test('RFC 7999, 9774: BLACKHOLE and AS_SETs stay here', async (t) => {
  const edge = await rawEdge(
    t,
    neighbours().replace('bogons: accept', 'bogons: accept, as-set: accept'),
  );
  const up = await edge.up('127.0.0.2', opening(UPSTREAM_AS));
  const customer = await edge.up('127.0.0.3', opening(CUSTOMER_AS));
  await initialRoutes(customer);
  up.send(update(`${ORIGIN}${PATH}${NEXT_HOP}c00804ffff029a`, A));
  const withSet = '40021002010000fbf001020000fbff0000fbfe';
  up.send(update(`${ORIGIN}${withSet}${NEXT_HOP}`, '100a03'));
  up.send(update(`${ORIGIN}${PATH}${NEXT_HOP}`, B));
  t.match(await nextUpdate(customer), new RegExp(`${B}$`), 'the third is the first that goes on');
});
