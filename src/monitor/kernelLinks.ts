/**
 * The state of one interface, asked of the kernel. Netlink (`ip -j link`) is always right and costs
 * the start of a process, 2 ms; a file of sysfs costs a hundredth of that and serves for looking
 * every second, but it shows the network namespace that it was mounted in, which need not be ours.
 * So sysfs is believed of an interface only while it knows the same one as netlink.
 */

import { readFileSync } from 'node:fs';
import { errorCode } from '../net/errorText.ts';
import { runIp } from './ipCommand.ts';
import { type KernelLink, linksFrom } from './ipJson.ts';
import type { LinkFact } from './link.ts';
import { causeOfSysfs, isOperational, type KernelCause } from './linkState.ts';
import { isDeviceName, isGone, SYSFS, Sysfs } from './sysfs.ts';

export interface LinkReading {
  readonly cause: KernelCause;
  /** Undefined: absent, or read from sysfs. */
  readonly index: number | undefined;
  /** The name proper, where the one that was asked for is an altname. */
  readonly device: string;
}

export class KernelLinks {
  /** Names of which netlink and sysfs did not say the same. */
  readonly #doubted = new Set<string>();
  readonly #sysfs: Sysfs;

  constructor(sysfs = new Sysfs()) {
    this.#sysfs = sysfs;
  }

  /** By netlink; by sysfs where `ip` cannot say. Undefined: neither can. Never rejects. */
  async ask(name: string): Promise<LinkReading | undefined> {
    const answer = await runIp('-j', 'link', 'show', 'dev', name);
    const [link] = answer.ok ? linksFrom(answer.output) : [];
    if (link) {
      await this.#compare(link);
      return { cause: link.cause, index: link.index, device: link.name };
    }
    const bySysfs = await this.#readSysfs(name);
    if (!answer.ok && /does not exist|Cannot find device|No such device/.test(answer.why)) {
      if (bySysfs === 'absent') this.#doubted.delete(name);
      else if (bySysfs) this.#doubted.add(name);
      return { cause: 'absent', index: undefined, device: name };
    }
    if (this.#doubted.has(name) || !bySysfs) return undefined;
    return { cause: bySysfs, index: undefined, device: name };
  }

  /**
   * By sysfs and without waiting, of a name proper; undefined: sysfs is not to be believed. The
   * operational state takes no lock; it follows the carrier with the kernel's reports.
   */
  glance(device: string): LinkFact['state'] | 'absent' | undefined {
    if (this.#doubted.has(device)) return undefined;
    if (!isDeviceName(device)) return 'absent';
    try {
      return isOperational(readFileSync(`${SYSFS}/${device}/operstate`, 'latin1')) ? 'up' : 'down';
    } catch (error) {
      return isGone(errorCode(error)) ? 'absent' : undefined;
    }
  }

  /** Whether an interface that was up has no carrier any more, by sysfs, ahead of any report. */
  async lostCarrier(device: string): Promise<boolean> {
    if (this.#doubted.has(device)) return false;
    const { content, error } = await this.#sysfs.attribute(device, 'carrier');
    if (content !== undefined) return content.trim() !== '1';
    // Netlink, which waits for the same locks, is not asked for the sake of a read that hangs.
    return error !== 'ETIMEDOUT';
  }

  async #compare({ name, index, hardwareAddress }: KernelLink): Promise<void> {
    const ifindex = await this.#sysfs.attribute(name, 'ifindex');
    const address = await this.#sysfs.attribute(name, 'address');
    // Silence is no contradiction.
    if ([ifindex.error, address.error].includes('ETIMEDOUT')) return;
    // Two namespaces often have an `eth0` of index 2. Tunnels print their addresses in other ways.
    const comparable = /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/.test(hardwareAddress);
    const same =
      ifindex.content?.trim() === String(index) &&
      (!comparable || address.content?.trim() === hardwareAddress);
    if (same) this.#doubted.delete(name);
    else this.#doubted.add(name);
  }
  /** Undefined: it cannot be told, as when we are out of file descriptors. */
  async #readSysfs(device: string): Promise<KernelCause | undefined> {
    const carrier = await this.#sysfs.attribute(device, 'carrier');
    const operstate = await this.#sysfs.attribute(device, 'operstate');
    if (carrier.content !== undefined && operstate.content !== undefined) {
      return causeOfSysfs(carrier.content, operstate.content);
    }
    // Of an interface that is set down the carrier cannot be read.
    if (carrier.error === 'EINVAL') return 'admin-down';
    return isGone(carrier.error) ? 'absent' : undefined;
  }
}
