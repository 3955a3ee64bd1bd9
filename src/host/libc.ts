/** What Node has no call for: libc's own functions, through the optional package `koffi` (prebuilt). */

import { errorText } from '../net/errorText.ts';
import { lateModule } from './lateModule.ts';

type Koffi = typeof import('koffi');

interface Libc {
  readonly koffi: Koffi;
  /** The process itself, which has libc's functions. */
  readonly library: ReturnType<Koffi['load']>;
}

/** Takes about 10 ms the first time. Throws an Error that says what is missing. */
export function openLibc(): Libc {
  try {
    const koffi = lateModule('koffi');
    return { koffi, library: koffi.load(null) };
  } catch (error) {
    throw new Error(`the optional package koffi cannot be loaded: ${errorText(error)}`);
  }
}
