/** One echo request, by the system's `ping`: it has the privilege that a socket for that needs. */

import { errorCode } from '../../net/errorText.ts';
import { plainEnvironment, startFault } from './execProbe.ts';
import { failed, type Outcome, type Probe, passed, shownText } from './probe.ts';
import { type ProgramEnd, runGroup } from './processGroup.ts';

/**
 * `timeout`: in ms; `source`: the address of ours to ask from, if not what the kernel chooses;
 * `device`: the interface to ask through, if not where the routes lead.
 */
export function pingProbe(
  host: string,
  source: string | undefined,
  timeout: number,
  device?: string | undefined,
): Probe {
  const argv = [
    ...['ping', '-n', '-c', '1', '-W', String(Math.ceil(timeout / 1000))],
    ...(source === undefined ? [] : ['-I', source]),
    ...(device === undefined ? [] : ['-I', device]),
    host,
  ];
  const env = plainEnvironment();
  return async ({ limit, stage }) => {
    stage('waiting for the reply');
    try {
      const end = await runGroup({ argv, env }, limit);
      // It could not even ask by that interface: that says nothing of what is behind it.
      if (device !== undefined && (end.code ?? 0) > 1) throw new PingFault(judge(end).detail);
      return judge(end);
    } catch (error) {
      if (error instanceof PingFault) throw error;
      const why =
        errorCode(error) === 'ENOENT' ? 'there is none; install iputils-ping' : startFault(error);
      return failed(`cannot run ping: ${why}`);
    }
  };
}

class PingFault extends Error {}

/** 0: a reply came; 1: none came; else it could not even ask. */
function judge({ code, stdout, stderr }: ProgramEnd): Outcome {
  if (code === 0) {
    const time = /\btime=([\d.]+ ms)/.exec(stdout)?.[1];
    return passed(time === undefined ? 'replied' : `replied in ${time}`);
  }
  // A router on the way said why: `From 192.0.2.1 icmp_seq=1 Destination Host Unreachable`.
  const refusal = /^From (.+)$/m.exec(stdout)?.[1];
  if (code === 1)
    return failed(refusal === undefined ? 'no reply' : `no reply: ${shownText(refusal)}`);
  const why = shownText(stderr.trim().split('\n', 1)[0] ?? '');
  return failed(`ping failed: ${why || `code ${code}`}`);
}
