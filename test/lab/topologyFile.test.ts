/** Topologies that cannot be built: each fault is told at its place, all of them at once. */

import { writeFileSync } from 'node:fs';
import t from 'tap';
import { neighboursOf } from '../../src/lab/topology.ts';
import { loadTopology, topologyOf } from '../../src/lab/topologyFile.ts';

const NODE = (labels: string, ...exec: string[]) =>
  `{ labels: { ${labels} }, exec: [${exec.map((line) => `"${line}"`).join(', ')}] }`;
const BGP = (daemon: string, asn: number, id: string) =>
  `lab.daemon: ${daemon}, lab.asn: "${asn}", lab.router-id: ${id}`;

function file(nodes: Readonly<Record<string, string>>, ...links: readonly string[]): string {
  return [
    'name: bad',
    'topology:',
    '  nodes:',
    ...Object.entries(nodes).map(([name, node]) => `    ${name}: ${node}`),
    '  links:',
    ...links.map((link) => `    - endpoints: [${link}]`),
  ].join('\n');
}

const A = NODE(BGP('frr', 64496, '192.0.2.1'), 'ip address add 198.51.100.1/30 dev eth1');
const B = NODE(BGP('bird', 64497, '192.0.2.2'), 'ip address add 198.51.100.2/30 dev eth1');
const JOINED = '"a:eth1", "b:eth1"';

const problemsOf = (text: string) =>
  loadTopology(text, '/tmp/bad.clab.yml').problems.map(({ line, cause }) => `${line}: ${cause}`);

t.test('two joined routers are a topology, with one session between them', async (t) => {
  const topology = topologyOf(file({ a: A, b: B }, JOINED), '/tmp/good.clab.yml');
  const [first] = topology.nodes;
  t.match(first && neighboursOf(topology, first), [
    { node: 'b', asn: 64497, family: 'ipv4', address: '198.51.100.2', interface: 'eth1' },
  ]);
});

t.test('what does not fit together is told, each at its place', async (t) => {
  const cases: readonly (readonly [string, string, RegExp])[] = [
    [
      'an unknown daemon',
      file({ a: A.replace('frr', 'ffr'), b: B }, JOINED),
      /^4: there is no daemon "ffr"/,
    ],
    [
      'a link to nowhere',
      file({ a: A, b: B }, JOINED, '"a:eth2", "c:eth1"'),
      /^8: there is no node c/,
    ],
    [
      'an endpoint without a colon',
      file({ a: A, b: B }, '"a-eth1", "b:eth1"'),
      /^7: "a-eth1" is no endpoint/,
    ],
    ['one endpoint', file({ a: A, b: B }, '"a:eth1"'), /^7: a link has two endpoints/],
    ['an end used twice', file({ a: A, b: B }, JOINED, JOINED), /^8: a:eth1 is the end of another/],
    ['the management interface', file({ a: A, b: B }, '"a:eth0", "b:eth1"'), /^7: eth0 cannot be/],
    ['a long name', file({ 'a-very-long-name': A, b: B }), /^4: "a-very-long-name" cannot be/],
    [
      'one address twice',
      file({ a: A, b: B.replace('.2/30', '.1/30') }, JOINED),
      /^5: the address 198.51.100.1 is that of a, too/,
    ],
    [
      'another network at the far end',
      file({ a: A, b: B.replace('.2/30', '.6/30') }, JOINED),
      /^7: a is in 198.51.100.0\/30 on this link, and b is not/,
    ],
    [
      'one router id twice',
      file({ a: A, b: B.replace('192.0.2.2', '192.0.2.1') }, JOINED),
      /^5: the router id/,
    ],
    [
      'one AS twice',
      file({ a: A, b: B.replace('64497', '64496') }, JOINED),
      /^5: the AS number 64496/,
    ],
    ['a router without an AS', file({ a: NODE('lab.daemon: frr') }), /^4: frr speaks BGP/],
    [
      'BFD at a daemon that has none',
      file(
        { a: A, b: B.replace('bird', 'gobgp').replace('lab.asn', 'lab.bfd: "true", lab.asn') },
        JOINED,
      ),
      /^5: lab.bfd stands at a node that runs gobgp/,
    ],
    ['no daemon at all', file({ a: '{ kind: linux }' }), /^4: the label lab.daemon is missing/],
    [
      'a label that nothing reads',
      file({ a: NODE('lab.daemon: none, lab.asm: "1"') }),
      /^4: there is no label lab.asm/,
    ],
    [
      'a program in the exec',
      file({ a: NODE('lab.daemon: none', 'rm -rf /') }),
      /^4: "rm -rf \/" is not run/,
    ],
    ['an address on no interface', file({ a: A }), /^4: an address is on eth1, and no link/],
    [
      'multihomed without a file',
      file({ a: NODE(BGP('multihomed', 64500, '192.0.2.1')) }),
      /^4: nothing is bound/,
    ],
    ['nothing', '', /^1: the file is empty/],
    ['no nodes', 'name: x', /^1: there are no nodes/],
  ];
  for (const [what, text, told] of cases) {
    const problems = problemsOf(text);
    t.ok(
      problems.some((problem) => told.test(problem)),
      `${what}: ${problems.join('; ')}`,
    );
    t.equal(
      loadTopology(text, '/tmp/bad.clab.yml').topology,
      undefined,
      'and nothing is made of it',
    );
  }
});

t.test('a file about another network is told before anything is created', async (t) => {
  const { judgeConfigs } = await import('../../src/lab/judgeConfigs.ts');
  const folder = t.testdir();
  const config = (asn: number) =>
    `asn: 64500\nrouter-id: 192.0.2.9\nprefixes: [203.0.113.0/24]\nupstreams:\n  a: { asn: ${asn}, address: 198.51.100.1 }\n`;
  const edge = `{ labels: { ${BGP('multihomed', 64500, '192.0.2.9')} }, binds: ["edge.yaml:/etc/multihomed/multihomed.yaml"], exec: ["ip address add 198.51.100.2/30 dev eth1"] }`;
  const text = file({ a: A, edge }, '"edge:eth1", "a:eth1"');
  writeFileSync(`${folder}/edge.yaml`, config(64499));
  t.throws(() => judgeConfigs(topologyOf(text, `${folder}/x.clab.yml`)), {
    message: /a has AS 64499; a is AS 64496/,
  });
  writeFileSync(`${folder}/edge.yaml`, config(64496));
  judgeConfigs(topologyOf(text, `${folder}/x.clab.yml`));
});
