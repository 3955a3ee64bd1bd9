/** `multihomed run` as a process on loopback, with a black box and neighbours made of octets. */

import { mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';
import { command, type FileContent } from './daemons/multihomed.ts';
import { Program } from './daemons/process.ts';
import { until } from './daemons/until.ts';
import { freePort } from './freePort.ts';
import { type RawOpen, RawPeer } from './rawPeer.ts';

export interface RecordedEdge {
  readonly home: string;
  readonly file: string;
  readonly program: Program;
  /** Connects from that address, until the daemon takes it, and is Established. */
  readonly up: (address: string, open: RawOpen) => Promise<RawPeer>;
  readonly write: (content: Omit<FileContent, 'asn'>) => Promise<void>;
}

/** `before`: words that its command line begins with. */
export async function recordedEdge(
  t: Test,
  content: (home: string) => Omit<FileContent, 'asn'>,
  before: readonly string[] = [],
): Promise<RecordedEdge> {
  const home = mkdtempSync(join(tmpdir(), 'mhtest-'));
  const port = await freePort();
  const file = join(home, 'x.yaml');
  const write = async (each: Omit<FileContent, 'asn'>) => {
    const whole = {
      asn: 64500,
      'router-id': '192.0.2.1',
      listen: [`127.0.0.1:${port}`],
      control: { socket: join(home, 'c.sock') },
      record: { dir: join(home, 'record') },
      ...each,
    };
    await writeFile(file, JSON.stringify(whole));
  };
  await write(content(home));
  const program = new Program('multihomed', [...before, ...command(), 'run', '-c', file], home);
  const peers: RawPeer[] = [];
  t.teardown(async () => {
    for (const peer of peers) peer.destroy();
    await program.stop();
    rmSync(home, { recursive: true, force: true });
  });
  const up = async (address: string, open: RawOpen) => {
    let established: RawPeer | undefined;
    // The daemon may not listen yet, or not be done with the session before.
    await until(`a session from ${address}`, 60_000, async () => {
      const peer = await RawPeer.connect(port, '127.0.0.1', address);
      peers.push(peer);
      established = await peer.establish(open).then(
        () => peer,
        () => undefined,
      );
      return established !== undefined;
    });
    if (!established) throw new Error('no session');
    return established;
  };
  return { home, file, program, up, write };
}
