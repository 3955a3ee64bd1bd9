/**
 * The layers of `src`, left to right: a module imports from its own layer or from one to the left.
 * Writes `scripts/biome.layers.json`, which `biome.json` extends; run it after changing the list.
 */

import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const LAYERS = [
  'net',
  'config',
  'wire',
  'rib',
  'policy',
  'fsm',
  'host',
  'session',
  'speaker',
  'monitor',
  'bfd',
  'kernel',
  'announcer',
  'simulate',
  'generate',
  'import',
  'mrt',
  'record',
  'bmp',
  'station',
  'control',
  'web',
  'daemon',
  'replay',
  'demo',
  'lab',
  'cli',
];

/** No `node:*`: no sockets, timers, clock, chance, files or logger. Time arrives as a value. */
export const PURE = [
  'net',
  'config',
  'wire',
  'rib',
  'policy',
  'fsm',
  'announcer',
  'simulate',
  'generate',
  'import',
  'mrt',
  'record',
  'bmp',
];

/** The hot path works on octets and numbers; these libraries serve the edges and the decisions. */
export const HOT = ['wire', 'rib'];

const IMPURE_GLOBALS = [
  'Buffer',
  'Date',
  'console',
  'globalThis',
  'performance',
  'process',
  'setImmediate',
  'setInterval',
  'setTimeout',
];

const NO_CHANCE = {
  level: 'error',
  options: {
    entries: [
      {
        object: 'Math',
        property: 'random',
        message: 'a pure layer has no chance in it: pass it in as a value',
      },
    ],
  },
};

export function layerRules() {
  return {
    $schema: '../node_modules/@biomejs/biome/configuration_schema.json',
    overrides: LAYERS.map(override),
  };
}

function override(layer, index) {
  const patterns = [];
  const right = LAYERS.slice(index + 1);
  if (right.length > 0) {
    patterns.push({
      group: right.flatMap((other) => [`../${other}/**`, `../../${other}/**`]),
      message: `src/${layer} may import only from its own layer and from those to its left: ${LAYERS.slice(0, index + 1).join(' ')}`,
    });
  }
  if (PURE.includes(layer)) {
    patterns.push({
      group: ['node:*', 'winston', 'yargs'],
      message: `src/${layer} is pure: no sockets, timers, clock, files or logger`,
    });
  }
  if (HOT.includes(layer)) {
    patterns.push({
      group: ['ts-pattern', 'ip-num'],
      message: `src/${layer} is the hot path: plain numbers and octets only`,
    });
  }
  const imports = { level: 'error', options: { patterns } };
  const style = { noRestrictedImports: imports };
  if (PURE.includes(layer)) {
    const denied = IMPURE_GLOBALS.map((name) => [
      name,
      `src/${layer} is pure: pass it in as a value`,
    ]);
    style.noRestrictedGlobals = {
      level: 'error',
      options: { deniedGlobals: Object.fromEntries(denied) },
    };
  }
  const rules = PURE.includes(layer)
    ? { style, nursery: { noJsRestrictedProperties: NO_CHANCE } }
    : { style };
  return { includes: [`**/src/${layer}/**`], linter: { rules } };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const target = new URL('./biome.layers.json', import.meta.url);
  writeFileSync(target, `${JSON.stringify(layerRules(), null, 2)}\n`);
}
