/** A check of the file: what is probed, how often, and what makes it up or down. */

import type { IpAddress } from '../net/address.ts';

export interface CheckConfig {
  readonly name: string;
  readonly probe: ProbeConfig;
  /** Milliseconds from the begin of one probe to the begin of the next. */
  readonly interval: number;
  /** Milliseconds; at most `interval`. */
  readonly timeout: number;
  /** Successes in a row that make it up. */
  readonly rise: number;
  /** Failures in a row that make it down. */
  readonly fall: number;
  /** `failures` among the last `of` results make it down as well; undefined: `fall` alone does. */
  readonly window: { readonly failures: number; readonly of: number } | undefined;
  /** The address of ours that probes are sent from; undefined: what the kernel chooses. */
  readonly source: IpAddress | undefined;
  /** The upstream that probes are sent through, by its interface; undefined: where the routes say. */
  readonly via: string | undefined;
}

/** Of the check as it is sent through one upstream: names of the file have no `@`. */
export function nameThrough(check: string, upstream: string): string {
  return `${check}@${upstream}`;
}

/** The other way round. */
export function nameInFile({ name, via }: Pick<CheckConfig, 'name' | 'via'>): string {
  return via === undefined ? name : name.slice(0, -via.length - 1);
}

export type ProbeConfig =
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | {
      readonly kind: 'http';
      readonly url: string;
      readonly status: number;
      /** What the body must contain; undefined: anything. */
      readonly body: string | undefined;
      /** The name that is asked for, and that a certificate must have; undefined: the address. */
      readonly host: string | undefined;
      /** A PEM file of the only authorities to trust; undefined: those of Node. */
      readonly ca: string | undefined;
      /** Whether any certificate is taken. */
      readonly insecure: boolean;
    }
  | {
      readonly kind: 'dns';
      readonly server: string;
      readonly port: number;
      readonly name: string;
      readonly type: string;
    }
  | { readonly kind: 'haproxy-agent'; readonly host: string; readonly port: number }
  | { readonly kind: 'exec'; readonly argv: readonly string[] }
  | { readonly kind: 'link'; readonly interface: string }
  | { readonly kind: 'ping'; readonly host: string };
