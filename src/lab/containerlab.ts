/**
 * A folder that `containerlab deploy` takes: the topology with every file bound that its daemons
 * need, these files, and the Dockerfile of the image that all but FRR run in.
 */

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse, stringify } from 'yaml';
import { birdText } from './daemons/bird.ts';
import { collectorPlan } from './daemons/collector.ts';
import { frrText } from './daemons/frr.ts';
import { gobgpText } from './daemons/gobgp.ts';
import { openbgpdText } from './daemons/openbgpd.ts';
import { haproxyText } from './daemons/web.ts';
import { type DaemonName, type LabNode, neighboursOf, type Topology } from './topology.ts';
import { CONFIG_TARGET } from './topologyNode.ts';

interface Bound {
  readonly name: string;
  /** In the container. */
  readonly target: string;
  readonly text: string;
}

/** What runs in the container; undefined: what the image has of itself. */
const COMMANDS: Readonly<Record<DaemonName, string | undefined>> = {
  multihomed: 'multihomed run',
  frr: undefined,
  bird: 'bird -f -c /etc/bird/bird.conf',
  openbgpd: '/usr/sbin/bgpd -d -f /etc/bgpd.conf',
  gobgp: 'gobgpd -f /etc/gobgpd.toml',
  collector: 'multihomed lab play collector /etc/multihomed/collector.json',
  web: 'sh -c "multihomed lab play web 8080 & exec haproxy -db -f /etc/haproxy/haproxy.cfg"',
  none: 'sleep infinity',
};

/** Returns the paths that were written, relative to `output`. `text`: the topology's file. */
export function writeContainerlab(
  topology: Topology,
  text: string,
  output: string,
  version: string,
): readonly string[] {
  const document: { topology: { nodes: Record<string, Record<string, unknown>> } } = parse(text);
  const written = new Map<string, string>();
  for (const node of topology.nodes) {
    const bound = boundFiles(topology, node);
    for (const file of bound) written.set(`${node.name}/${file.name}`, file.text);
    const entry = document.topology.nodes[node.name] ?? {};
    const binds = bound.map(({ name, target }) => `${node.name}/${name}:${target}`);
    const cmd = COMMANDS[node.daemon];
    const exec = node.commands.map(inContainer);
    Object.assign(entry, binds.length > 0 ? { binds } : {}, cmd === undefined ? {} : { cmd });
    if (exec.length > 0) entry.exec = exec;
  }
  const head = `# Made by multihomed ${version}, \`multihomed lab containerlab\`.\n`;
  const yaml = stringify(document, { aliasDuplicateObjects: false, lineWidth: 0 });
  written.set(`${topology.name}.clab.yml`, head + yaml);
  written.set('Dockerfile', DOCKERFILE);
  for (const [path, content] of written) {
    mkdirSync(dirname(join(output, path)), { recursive: true });
    // OpenBGPD refuses a file that others may read.
    writeFileSync(join(output, path), content, path.endsWith('/bgpd.conf') ? { mode: 0o600 } : {});
  }
  return [...written.keys()];
}

/** A container comes with a default route, over its management network. */
function inContainer(words: readonly string[]): string {
  return words.join(' ').replace(/ route add default /, ' route replace default ');
}

function boundFiles(topology: Topology, node: LabNode): readonly Bound[] {
  const place = { node, neighbours: neighboursOf(topology, node) };
  const one = (name: string, target: string, text: string) => [{ name, target, text }];
  switch (node.daemon) {
    case 'multihomed':
      return one('multihomed.yaml', CONFIG_TARGET, readFileSync(node.config ?? '', 'utf8'));
    case 'frr':
      return [
        ...one('frr.conf', '/etc/frr/frr.conf', frrText(place)),
        ...one('daemons', '/etc/frr/daemons', FRR_DAEMONS),
        ...one('vtysh.conf', '/etc/frr/vtysh.conf', 'service integrated-vtysh-config\n'),
      ];
    case 'bird':
      return one('bird.conf', '/etc/bird/bird.conf', birdText(place));
    case 'openbgpd':
      return one('bgpd.conf', '/etc/bgpd.conf', openbgpdText(place, undefined));
    case 'gobgp':
      return one('gobgpd.toml', '/etc/gobgpd.toml', gobgpText(place));
    case 'collector': {
      const plan = collectorPlan({ ...place, home: '/tmp' });
      return one('collector.json', '/etc/multihomed/collector.json', JSON.stringify(plan));
    }
    case 'web':
      return one('haproxy.cfg', '/etc/haproxy/haproxy.cfg', haproxyText());
    case 'none':
      return [];
  }
}

const FRR_DAEMONS = `bgpd=yes
bfdd=yes
vtysh_enable=yes
zebra_options="  -A 127.0.0.1 -s 90000000"
bgpd_options="   -A 127.0.0.1"
bfdd_options="   -A 127.0.0.1"
staticd_options="-A 127.0.0.1"
`;

const DOCKERFILE = `# Every daemon of the labs but FRR, which has an image of its own.
FROM node:22-bookworm-slim
RUN printf '#!/bin/sh\\nexit 101\\n' > /usr/sbin/policy-rc.d && chmod 755 /usr/sbin/policy-rc.d \\
 && apt-get update \\
 && apt-get install -y --no-install-recommends bird2 openbgpd gobgpd haproxy iproute2 iputils-ping curl \\
 && mkdir -p /run/openbgpd \\
 && rm -rf /var/lib/apt/lists/*
COPY multihomed-*.tgz /tmp/
RUN npm install -g /tmp/multihomed-*.tgz && rm /tmp/multihomed-*.tgz
`;
