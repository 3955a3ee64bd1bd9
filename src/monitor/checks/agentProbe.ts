/** Asks an agent in the style of HAProxy, which answers whoever connects with one line. */

import { judgeReply } from './agentReply.ts';
import { connected, type Target } from './connect.ts';
import { failed, type Probe } from './probe.ts';

/** In octets; the longest honest reply is a remark. */
const MAX_REPLY = 1024;

export function agentProbe(target: Target): Probe {
  return (run) =>
    connected(target, run, (socket, done) => {
      run.stage('waiting for the reply');
      let reply = '';
      socket.setEncoding('latin1');
      socket.on('data', (part: string) => {
        reply += part;
        const line = /^[^\r\n]*(?=[\r\n])/.exec(reply)?.[0];
        if (line !== undefined) done(judgeReply(utf8(line)));
        else if (reply.length > MAX_REPLY) {
          done(failed(`the reply has no end within ${MAX_REPLY} octets`));
        }
      });
      // The end of the connection ends a line as well.
      socket.on('end', () => done(judgeReply(utf8(reply))));
    });
}

/** Kept octet by octet, so that a character in two parts does not suffer. */
function utf8(octets: string): string {
  return Buffer.from(octets, 'latin1').toString('utf8');
}
