/** Quagga's zebra and bgpd, from the directory that QUAGGA_SBIN names. */

import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { START_LIMIT } from '../../support/daemons/daemon.ts';
import { generateInto } from '../generated.ts';
import { UPSTREAMS } from '../lab.ts';
import type { Subject } from '../subject.ts';

/** Undefined: this machine has no Quagga, which no current distribution carries. */
export const QUAGGA_SBIN = process.env.QUAGGA_SBIN;

export const quagga: Subject = {
  name: 'quagga',
  async start({ edge, directory }, content) {
    const sbin = QUAGGA_SBIN ?? '';
    await generateInto(directory, 'quagga', content);
    const socket = vtySocket(join(sbin, 'bgpd'));
    await mkdir(dirname(socket), { recursive: true });
    const start = (daemon: string) =>
      edge.spawn(
        `quagga ${daemon}`,
        ...[join(sbin, daemon), '-u', 'root', '-g', 'root', '-A', '127.0.0.1'],
        ...['-z', join(directory, 'zserv.api'), '-i', join(directory, `${daemon}.pid`)],
        ...['-f', join(directory, `${daemon}.conf`)],
      );
    const zebra = start('zebra');
    await zebra.ready(START_LIMIT, () =>
      vty(socket.replace('bgpd', 'zebra'), ['show version']).then(Boolean, () => false),
    );
    const bgpd = start('bgpd');
    await bgpd.ready(START_LIMIT, () => vty(socket, ['show version']).then(Boolean, () => false));
    return {
      async withdraw(_, prefix) {
        const router = `router bgp ${content.asn}`;
        await vty(socket, ['enable', 'configure terminal', router, `no network ${prefix}`]);
      },
      async accepted(upstream) {
        const { address } = UPSTREAMS[upstream];
        const texts = await Promise.all(
          ['show ip bgp', 'show bgp'].map((show) =>
            vty(socket, [`${show} neighbors ${address} routes`]),
          ),
        );
        return prefixesOf(texts.join('\n'));
      },
      async stop() {
        await bgpd.stop();
        await zebra.stop();
      },
      output: () => zebra.output + bgpd.output,
    };
  },
};

/** Where vtysh reaches the daemon is compiled in. */
function vtySocket(program: string): string {
  const found = /\/[\w./-]+\/bgpd\.vty/.exec(readFileSync(program, 'latin1'))?.[0];
  if (found === undefined) throw new Error(`${program} has no vty socket`);
  return found;
}

/**
 * What vtysh does: a command and a zero octet; text, three zero octets and a status. Resolves with
 * the last command's text.
 */
async function vty(path: string, commands: readonly string[]): Promise<string> {
  const socket = connect(path);
  try {
    let text = '';
    for (const command of commands) {
      text = await new Promise<string>((resolve, reject) => {
        const chunks: Buffer[] = [];
        socket.removeAllListeners('data').on('data', (chunk: Buffer) => {
          chunks.push(chunk);
          const all = Buffer.concat(chunks);
          const end = all.length - 4;
          if (end < 0 || all.readUIntBE(end, 3) !== 0) return;
          resolve(all.toString('utf8', 0, end));
        });
        socket.once('error', reject);
        socket.write(`${command}\0`);
      });
    }
    return text;
  } finally {
    socket.destroy();
  }
}

/** `*> 20.2.1.0/24   NEXTHOP …`; a classful network is written without its length. */
function prefixesOf(table: string): readonly string[] {
  const found = [...table.matchAll(/^[*> sdhiRSr=]{3}([0-9a-f.:]+)(\/\d+)?(?=\s|$)/gm)];
  const prefixes = found.map(([, address = '', length]) => {
    if (length !== undefined) return address + length;
    return address === '0.0.0.0' ? '0.0.0.0/0' : `${address}/${classOf(address)}`;
  });
  return [...new Set(prefixes)].sort();
}

function classOf(address: string): 8 | 16 | 24 {
  const first = Number(address.split('.')[0]);
  return first < 128 ? 8 : first < 192 ? 16 : 24;
}
