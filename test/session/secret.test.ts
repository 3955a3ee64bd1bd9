import { inspect } from 'node:util';
import t from 'tap';
import { parseAddress } from '../../src/net/text.ts';
import { md5Signature } from '../../src/session/md5Signature.ts';
import { Secret, sameSecret } from '../../src/session/secret.ts';

t.test('a secret cannot be printed', (t) => {
  const secret = new Secret('hunter2');
  const shown = [
    String(secret),
    `${secret}`,
    JSON.stringify({ secret }),
    inspect({ deep: { secret } }, { showHidden: true, depth: 9 }),
    Object.entries(secret).join(),
    JSON.stringify(structuredClone({ ...secret })),
  ];
  for (const text of shown) t.notMatch(text, /hunter2|104/);
  t.equal(String(secret), '[secret]');
  t.end();
});

t.test('a key has 1 to 80 octets, whatever the number of characters', (t) => {
  t.throws(() => new Secret(''), RangeError);
  t.doesNotThrow(() => new Secret('ü'.repeat(40)));
  t.throws(() => new Secret('ü'.repeat(41)), RangeError);
  t.end();
});

t.test('two are the same when their octets are', (t) => {
  t.ok(sameSecret(undefined, undefined));
  t.notOk(sameSecret(new Secret('a'), undefined));
  t.notOk(sameSecret(undefined, new Secret('a')));
  t.notOk(sameSecret(new Secret('a'), new Secret('b')));
  t.ok(sameSecret(new Secret('a'), new Secret('a')));
  t.end();
});

t.test('RFC 2385: struct tcp_md5sig as the kernel has it', (t) => {
  const hex = (address: string, key?: Secret) => {
    const parsed = parseAddress(address);
    if (!parsed) throw new Error(address);
    return Buffer.from(md5Signature(parsed, key)).toString('hex');
  };
  const zeros = (octets: number) => '00'.repeat(octets);
  t.equal(
    hex('192.0.2.1', new Secret('abc')),
    `02000000c0000201${zeros(120)}0000030000000000616263${zeros(77)}`,
  );
  t.equal(
    hex('2001:db8::1'),
    `0a0000000000000020010db8${zeros(11)}01${zeros(104)}${zeros(88)}`,
    'without one, that of the address is deleted',
  );
  t.end();
});
