import t from 'tap';
import { parse } from 'yaml';
import { configJsonSchema } from '../../src/config/jsonSchema.ts';
import { loadConfig } from '../../src/config/load.ts';
import { EVERYTHING, LATER, SMALLEST, SPELLED_OUT, THREE_KINDS } from './examples.ts';
import { isValid, object } from './schemaCheck.ts';

const schema = configJsonSchema();

t.test('the schema accepts what the reader accepts', (t) => {
  const variants = [
    ['asn: 64500', 'asn: 1.10'],
    ['asn: 64500', 'asn: "1.10"'],
    ['router-id: 192.0.2.1', 'router-id: 192.0.2.1\nlisten: none'],
    ['{ asn: 64496', '{ hold-time: 0, asn: 64496'],
    ['{ asn: 64496', '{ hold-time: 3m, connect-retry: 1s, asn: 64496'],
    ['{ asn: 64496', '{ communities: ["rt:64496:1", "0x0002fbf000000001", no-export], asn: 64496'],
    ['- 203.0.113.0/24', '- { prefix: 203.0.113.0/24, space: pa }'],
    ['{ asn: 64496', '{ max-prefixes: { ipv4: none, warn: 100% }, asn: 64496'],
    ['{ asn: 64496', '{ import: { max-length: { ipv6: 64 }, as-set: accept }, asn: 64496'],
    ['{ asn: 64496', '{ role: peer, asn: 64496'],
    ['{ asn: 64496', '{ add-path: { is: receive, paths: 16 }, asn: 64496'],
    ['{ asn: 64496', '{ role: { is: customer, strict: true }, asn: 64496'],
  ].map(([from = '', to = '']) => SMALLEST.replace(from, to));
  for (const text of [SMALLEST, SPELLED_OUT, EVERYTHING, THREE_KINDS, ...variants]) {
    t.ok(loadConfig(text, 'test.yaml').config, text);
    t.ok(isValid(schema, parse(text)), text);
  }
  t.end();
});

t.test('the schema refuses what a value shows to be wrong by itself', (t) => {
  const changes = [
    ['asn: 64500', 'asn: AS64500'],
    ['asn: 64500', ''],
    ['router-id', 'router_id'],
    ['router-id: 192.0.2.1', 'router-id: 3221225985'],
    ['- 203.0.113.0/24', '- web'],
    ['- 203.0.113.0/24', '- { prefix: 203.0.113.0/24, space: own }'],
    ['transit-a', 'Transit-A'],
    ['transit-a', 'all'],
    ['{ asn: 64496', '{ port: 0, asn: 64496'],
    ['{ asn: 64496', '{ port: "179", asn: 64496'],
    ['{ asn: 64496', '{ hold-time: 90, asn: 64496'],
    ['{ asn: 64496', '{ families: [ipv5], asn: 64496'],
    ['{ asn: 64496', '{ passive: no, asn: 64496'],
    ['{ asn: 64496', '{ next-hop: { v6: "::1" }, asn: 64496'],
    ['{ asn: 64496', '{ accept: all, asn: 64496'],
    ['{ asn: 64496', '{ export: all, asn: 64496'],
    ['{ asn: 64496', '{ import: { bogons: deny }, asn: 64496'],
    ['{ asn: 64496', '{ import: { allow-own-as: 11 }, asn: 64496'],
    ['{ asn: 64496', '{ import: { max-length: { ipv4: 33 } }, asn: 64496'],
    ['{ asn: 64496', '{ role: provider, asn: 64496'],
    ['{ asn: 64496', '{ add-path: all, asn: 64496'],
    ['{ asn: 64496', '{ role: { strict: true }, asn: 64496'],
    ['{ asn: 64496', '{ max-prefixes: { ipv4: 0 }, asn: 64496'],
    ['{ asn: 64496', '{ max-prefixes: { warn: 0% }, asn: 64496'],
    ['{ asn: 64496', '{ max-prefixes: { warn: 101% }, asn: 64496'],
    ['{ asn: 64496', '{ max-prefixes: { idle: 30 }, asn: 64496'],
    ['upstreams:', 'downstreams: { core: { address: 10.0.0.2 } }\nupstreams:'],
    ['upstreams:', 'internal: { edge2: { asn: 64500 } }\nupstreams:'],
    ['upstreams:', 'internal: { edge2: { address: 10.0.0.3, prepend: 1 } }\nupstreams:'],
    ['upstreams:', 'internal: { site: { address: 10.0.0.3 } }\nupstreams:'],
  ];
  for (const [from = '', to = ''] of changes) {
    const text = SMALLEST.replace(from, to);
    t.equal(loadConfig(text, 'test.yaml').config, undefined, to);
    t.notOk(isValid(schema, parse(text)), to);
  }
  t.end();
});

t.test('keys that are not in this version are not in the schema', (t) => {
  for (const line of LATER.file) t.notOk(isValid(schema, parse(`${SMALLEST}${line}`)), line);
  t.end();
});

t.test('every key has a description, and each default is valid where it stands', (t) => {
  const visit = (path: string, { properties }: { readonly properties?: unknown }) => {
    for (const [key, each] of Object.entries(properties ?? {})) {
      const property = object(each);
      t.match(property.description, /^[A-Z].*\.$/, `${path}${key}`);
      if ('default' in property) t.ok(isValid(property, property.default), `${path}${key}`);
      visit(`${path}${key}.`, property);
      if (property.additionalProperties)
        visit(`${path}${key}.*.`, object(property.additionalProperties));
    }
  };
  visit('', schema);
  t.end();
});
