/** A record's messages as MRT, read by bgpdump. */

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import t from 'tap';
import { runReplay } from '../../src/cli/replay.ts';
import { recordFiles } from '../../src/daemon/recordFile.ts';
import { FakeTerminal } from '../support/fakeTerminal.ts';
import { rawMessage, TYPE } from '../support/rawPeer.ts';
import { RecordedAnnouncing } from '../support/recordedAnnouncing.ts';
import { programOrSkip } from '../support/requirements.ts';

const BGPDUMP = '/usr/bin/bgpdump';
const FILE =
  'asn: 4200000001\nrouter-id: 192.0.2.1\nlisten: ["127.0.0.1:1179"]\nprefixes: [203.0.113.0/24]\nupstreams: { a: { asn: 64496, address: 127.0.0.2, passive: true, damping: none, accept: full } }\n';
/** 8.8.8.0/24, AS path 64496, next hop 127.0.0.2. */
const UPDATE = '0000 0014 40010100 400206 0201 0000fbf0 4003047f000002 18080808';

t.test(
  'RFC 6396 §4.4: bgpdump reads states and messages, ours and theirs, with microseconds',
  programOrSkip(BGPDUMP),
  async (t) => {
    const edge = await RecordedAnnouncing.start(t, FILE, { maxSize: 1_000_000, received: true });
    edge.clock.advance(1500.25);
    await edge.up('a');
    const peer = edge.peer('a');
    await peer?.nextOf(TYPE.update);
    peer?.send(rawMessage(TYPE.update, UPDATE), rawMessage(TYPE.update, '00000000'));
    await edge.events.next('EndOfRib');
    await edge.stop();
    const [file] = await recordFiles(edge.path);
    const mrt = join(t.testdir(), 'record.mrt');
    const terminal = new FakeTerminal();
    const options = { step: false, until: undefined, json: false };
    const command = { name: 'replay', file: file?.path ?? '', mrt, ...options } as const;
    t.equal(await runReplay(command, terminal), 0);
    t.match(terminal.err, /record\.mrt: \d+ octets/);
    const { stdout, stderr } = spawnSync(BGPDUMP, ['-m', mrt], { encoding: 'utf8' });
    t.notMatch(stderr, /error|unsupported|invalid/i);
    const lines = stdout.trim().split('\n');
    t.strictSame(
      lines.map((line) => line.replaceAll(/\|(?:127\.0\.0\.2\|64496\||\d+\.\d+\|)/g, ' ').trim()),
      [
        'BGP4MP_ET STATE 1|3',
        'BGP4MP_ET STATE 3|4',
        'BGP4MP_ET_LOCAL A 203.0.113.0/24|4200000001|IGP|127.0.0.1|0|0||NAG||',
        'BGP4MP_ET STATE 4|5',
        'BGP4MP_ET STATE 5|6',
        'BGP4MP_ET A 8.8.8.0/24|64496|IGP|127.0.0.2|0|0||NAG||',
        'BGP4MP_ET_LOCAL W 203.0.113.0/24',
        'BGP4MP_ET STATE 6|1',
      ],
    );
    const whole = spawnSync(BGPDUMP, [mrt], { encoding: 'utf8' }).stdout;
    for (const type of ['MESSAGE_LOCAL/Open', 'MESSAGE/Open', 'MESSAGE_LOCAL/Notify']) {
      t.match(whole, `TYPE: BGP4MP_ET/${type}\n`);
    }
    t.match(whole, /^TIME: 01\/01\/26 00:00:01\.500250$/m);
  },
);
