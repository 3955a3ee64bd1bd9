import t from 'tap';
import { loadConfig } from '../../src/config/load.ts';

const START = `asn: 64500
router-id: 192.0.2.1
prefixes: [203.0.113.0/24]
upstreams: { a: { asn: 64496, address: 198.51.100.1 } }
`;

const stationsOf = (text: string) =>
  loadConfig(`${START}${text}`, 'f').config?.bmp.map((station) => ({
    ...station,
    address: station.address.text,
  }));

const faultsOf = (text: string) =>
  loadConfig(`${START}${text}`, 'f').problems.map(({ path, cause }) => `${path}: ${cause}`);

t.test('there is no station unless the file says so; each has defaults', (t) => {
  t.strictSame(stationsOf(''), []);
  t.strictSame(
    stationsOf(
      'bmp:\n  - { address: 192.0.2.9, port: 1790 }\n  - { address: "2001:db8::9", port: 5000, routes: both, statistics: 10s }\n',
    ),
    [
      { address: '192.0.2.9', port: 1790, routes: 'pre-policy', statistics: 60_000 },
      { address: '2001:db8::9', port: 5000, routes: 'both', statistics: 10_000 },
    ],
  );
  t.end();
});

t.test('what is wrong with a station is told where it stands', (t) => {
  t.strictSame(faultsOf('bmp: [{ port: 1790 }]\n'), ['bmp[0]: the key address is missing']);
  t.strictSame(faultsOf('bmp: [{ address: 192.0.2.9 }]\n'), ['bmp[0]: the key port is missing']);
  t.match(faultsOf('bmp: [{ address: 192.0.2.9, port: 0 }]\n'), [/^bmp\[0\]\.port: 0 is not in/]);
  t.match(faultsOf('bmp: [{ address: 192.0.2.9, port: 1, routes: all }]\n'), [
    /^bmp\[0\]\.routes: /,
  ]);
  t.match(faultsOf('bmp: [{ host: 192.0.2.9, port: 1 }]\n'), [/host/]);
  const one = '{ address: 192.0.2.9, port: 1 }';
  t.match(faultsOf(`bmp: [${one}, ${one}]\n`), [/192\.0\.2\.9:1 is listed twice/]);
  const many = [1, 2, 3, 4, 5].map((port) => `{ address: 192.0.2.9, port: ${port} }`);
  t.match(faultsOf(`bmp: [${many.join(', ')}]\n`), [/5 stations, more than 4/]);
  t.end();
});
