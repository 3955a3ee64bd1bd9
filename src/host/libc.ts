/**
 * What Node has no call for: libc's own functions, through the optional package `koffi` (prebuilt). Where
 * that is missing some things cannot be had, and nothing else is different. The numbers are Linux's.
 */

import { errorText } from '../net/errorText.ts';
import { lateModule } from './lateModule.ts';

type Koffi = typeof import('koffi');

export interface LoadedLibc {
  readonly koffi: Koffi;
  /** The process itself, which has libc's functions. */
  readonly library: ReturnType<Koffi['load']>;
}

export const AF = { ipv4: 2, ipv6: 10 } as const;
export const SOCK_NONBLOCK = 0o4000;
export const SOCK_CLOEXEC = 0o2000000;
export const SOL_SOCKET = 1;
export const MSG_DONTWAIT = 0x40;

/** Takes about 10 ms the first time. Throws an Error that says what is missing. */
export function openLibc(): LoadedLibc {
  try {
    const koffi = lateModule('koffi');
    return { koffi, library: koffi.load(null) };
  } catch (error) {
    throw new Error(`the optional package koffi cannot be loaded: ${errorText(error)}`);
  }
}

/** For those to whom its absence is an answer: undefined there, and where the system is not Linux. */
export function withLibc<T>(make: (libc: LoadedLibc) => T): T | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    return make(openLibc());
  } catch {
    return undefined;
  }
}

/** As the host lays numbers out. */
export function octetsOf({ buffer }: { readonly buffer: ArrayBuffer }): Uint8Array {
  return new Uint8Array(buffer);
}
