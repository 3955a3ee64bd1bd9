/** The lane's program as TypeScript sees it: what it needs, and what it can be asked. */

/** Compiled with its first use; whoever reads the file makes it with `toCompile`. */
export interface LaneModule {
  readonly compiled: () => object;
}

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
  readonly Module: new (octets: Uint8Array) => object;
  validate(octets: Uint8Array): boolean;
  readonly Memory: new (pages: {
    readonly initial: number;
    readonly maximum: number;
    readonly shared: true;
  }) => { readonly buffer: SharedArrayBuffer };
  readonly Instance: new (module: object, imports: object) => { readonly exports: LaneProgram };
};

const PAGE = 65536;

/** Undefined: not for this machine. A processor without SIMD, from before 2008, cannot have it. */
export function toCompile(octets: Uint8Array): LaneModule | undefined {
  if (!WebAssembly.validate(octets)) return undefined;
  let module: object | undefined;
  return {
    compiled() {
      module ??= new WebAssembly.Module(octets);
      return module;
    },
  };
}

/** Shared, so that V8 does not count it among what it collects; nobody else has it. */
export function sharedMemory(octets: number): { readonly buffer: SharedArrayBuffer } {
  const pages = Math.ceil(octets / PAGE);
  return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
}

/**
 * Compiled with the first call: until routes come, the daemon needs neither the program nor the
 * compiler, whose pages are 3 MB of it. From then on the calls are the program's own.
 */
export function instantiate(
  module: LaneModule,
  memory: { readonly buffer: SharedArrayBuffer },
  lane: LaneImports,
): LaneProgram {
  let bound = 0;
  const begin = (): LaneProgram => {
    const { exports } = new WebAssembly.Instance(module.compiled(), { env: { memory }, lane });
    exports.bind(bound);
    return Object.assign(program, exports);
  };
  const program: LaneProgram = {
    bind(table) {
      bound = table;
    },
    arrive: (end) => begin().arrive(end),
    take: (start) => begin().take(start),
    taken: () => begin().taken(),
    lastSet: () => begin().lastSet(),
    announce: (...prefixes) => begin().announce(...prefixes),
  };
  return program;
}
