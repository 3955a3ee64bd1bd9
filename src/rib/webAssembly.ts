/** The lane's program as TypeScript sees it: what it needs, and what it can be asked. */

/** Compiled; whoever reads the file makes it with `compile`. */
export type LaneModule = object & { readonly __lane: true };

type PrefixCall = (
  family: number,
  word0: number,
  word1: number,
  word2: number,
  word3: number,
  length: number,
  path: number,
) => number;

/** What it asks of us: see `lane/lane.ts`. */
export interface LaneImports {
  readonly settle: (...prefix: Parameters<PrefixCall>) => void;
  readonly judge: PrefixCall;
}

/** Addresses are octets from the beginning of the memory. */
export interface LaneProgram {
  bind(table: number): void;
  arrive(end: number): void;
  take(start: number): number;
  taken(): number;
  lastSet(): number;
  announce(family: number, start: number, end: number, path: number): void;
}

/** Neither the language's library nor Node's types have it. */
declare const WebAssembly: {
  readonly Module: new (octets: Uint8Array) => LaneModule;
  readonly Memory: new (pages: {
    readonly initial: number;
    readonly maximum: number;
    readonly shared: true;
  }) => { readonly buffer: SharedArrayBuffer };
  readonly Instance: new (module: LaneModule, imports: object) => { readonly exports: LaneProgram };
};

const PAGE = 65536;

export function compile(octets: Uint8Array): LaneModule {
  return new WebAssembly.Module(octets);
}

/** Shared, so that V8 does not count it among what it collects; nobody else has it. */
export function sharedMemory(octets: number): { readonly buffer: SharedArrayBuffer } {
  const pages = Math.ceil(octets / PAGE);
  return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
}

export function instantiate(
  module: LaneModule,
  memory: { readonly buffer: SharedArrayBuffer },
  lane: LaneImports,
): LaneProgram {
  return new WebAssembly.Instance(module, { env: { memory }, lane }).exports;
}
