/**
 * A systemd of its own, in namespaces of its own, that runs one unit and nothing else. It sees the
 * machine's files, but what it writes goes into memory and is gone with it. Needs root, and a cgroup
 * of the second version that may be divided.
 */

import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Program } from './daemons/process.ts';
import { until } from './daemons/until.ts';

const run = promisify(execFile);

const SYSTEMD = '/lib/systemd/systemd';
const HIERARCHIES = ['/sys/fs/cgroup', '/sys/fs/cgroup/unified'];
const LIMIT = 60_000;
const root = fileURLToPath(new URL('../..', import.meta.url));

/** Why it cannot run here; false: it can. */
export function systemdMissing(): string | false {
  if (process.getuid?.() !== 0) return 'needs root for namespaces';
  if (!existsSync(SYSTEMD)) return `missing: ${SYSTEMD}`;
  try {
    rmdirSync(newCgroup());
    return false;
  } catch {
    return 'needs a cgroup2 hierarchy that it may write to';
  }
}

let count = 0;

/** Below the one that this process is in. Throws. */
function newCgroup(): string {
  const mount = HIERARCHIES.find((path) => existsSync(join(path, 'cgroup.procs')));
  const own = /^0::(.*)$/m.exec(readFileSync('/proc/self/cgroup', 'utf8'))?.[1];
  const path = join(mount ?? '/nowhere', own ?? '', `mhtest-${process.pid}-${count++}`);
  mkdirSync(path);
  return path;
}

/** Everything that is written has a place in memory first. `$1`: the unit's directory. */
const SCRIPT = `
set -e
mount --make-rprivate /
mount -t proc proc /proc
mount -o bind /proc/sys /proc/sys && mount -o remount,ro,bind /proc/sys
mount -t tmpfs -o mode=755 tmpfs /opt
cp -r "$1/." /opt
for place in /run /usr/local/bin /etc/systemd/system /var/lib; do
  mount -t tmpfs -o mode=755 tmpfs $place
done
for place in /tmp /var/tmp; do mount -t tmpfs tmpfs $place; done
umount -l /sys/fs/cgroup/* 2>/dev/null || true
umount -l /sys/fs/cgroup
mount -t cgroup2 none /sys/fs/cgroup
ip link set lo up
mkdir -p /run/systemd/system
cp /opt/multihomed.service /run/systemd/system
printf '#!/bin/sh\\nexec ${process.execPath} /opt/dist/multihomed.js "$@"\\n' > /usr/local/bin/multihomed
chmod 755 /usr/local/bin/multihomed
cd /
exec env container=other ${SYSTEMD} --system --unit=multihomed.service --log-target=console --show-status=no
`;

export class Systemd {
  readonly program: Program;
  readonly #cgroup: string;

  private constructor(program: Program, cgroup: string) {
    this.program = program;
    this.#cgroup = cgroup;
  }

  /** `directory` is the caller's, and gets the program. Resolves when the unit is active. */
  static async start(directory: string, unit: string, config: string): Promise<Systemd> {
    await run('cp', ['-r', join(root, 'dist'), join(root, 'package.json'), directory]);
    const native = ['koffi', '@koromix'].map((name) => join(root, 'node_modules', name));
    mkdirSync(join(directory, 'node_modules'));
    await run('cp', ['-r', ...native.filter(existsSync), join(directory, 'node_modules')]);
    await writeFile(join(directory, 'multihomed.service'), unit);
    await writeFile(join(directory, 'multihomed.yaml'), config);
    const cgroup = newCgroup();
    const inside = ['unshare', '-p', '-f', '-m', '-n', '-i', '-u', '-C', '--kill-child'];
    const enter = `echo $$ > ${cgroup}/cgroup.procs && exec "$@"`;
    const program = new Program(
      'systemd',
      ['sh', '-c', enter, 'sh', ...inside, 'sh', '-c', SCRIPT, 'sh', directory],
      directory,
    );
    const systemd = new Systemd(program, cgroup);
    await program.ready(LIMIT, async () => (await systemd.show('ActiveState')) === 'active');
    return systemd;
  }

  /** Runs a command beside the unit; throws when it fails. */
  async exec(...argv: readonly string[]): Promise<string> {
    const pid = this.program.pid ?? 0;
    const [first] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ');
    return (await run('nsenter', ['-t', first ?? '', '-a', ...argv])).stdout;
  }

  /** A property of the unit; empty while nobody answers. */
  async show(property: string): Promise<string> {
    const argv = ['systemctl', 'show', 'multihomed', '--value', '-p', property];
    return this.exec(...argv).then(
      (text) => text.trim(),
      () => '',
    );
  }

  async until(property: string, value: string): Promise<void> {
    const wanted = `${property} to be ${value}`;
    await until(wanted, LIMIT, async () => (await this.show(property)) === value);
  }

  /** Its first process dies, and everything with it. */
  async remove(): Promise<void> {
    this.program.signal('SIGKILL');
    await this.program.exited();
    await until('its cgroups to be empty', LIMIT, async () => removed(this.#cgroup));
  }
}

/** From the leaves on; false while there are processes in one. */
function removed(cgroup: string): boolean {
  try {
    const inner = readdirSync(cgroup, { withFileTypes: true }).filter((one) => one.isDirectory());
    const gone = inner.every(({ name }) => removed(join(cgroup, name)));
    if (gone) rmdirSync(cgroup);
    return gone;
  } catch {
    return false;
  }
}
