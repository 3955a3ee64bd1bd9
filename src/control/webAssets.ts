/**
 * The files of the looking glass. From `dist/chunks` as from `src/control` they are in `../web`; they
 * are read once, when the first of them is asked for.
 */

import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

interface Asset {
  readonly type: string;
  readonly text: string;
}

let assets: ReadonlyMap<string, Asset> | undefined;

/** Undefined: the page has no such file. */
export function pageAsset(path: string): Response | undefined {
  assets ??= readAssets();
  const asset = assets.get(path === '/' ? '/index.html' : path);
  if (!asset) return undefined;
  return new Response(asset.text, { headers: { 'content-type': asset.type } });
}

function readAssets(): ReadonlyMap<string, Asset> {
  const directory = fileURLToPath(new URL('../web', import.meta.url));
  return new Map(
    readdirSync(directory).flatMap((name) => {
      const type = TYPES[extname(name)];
      if (type === undefined) return [];
      return [[`/${name}`, { type, text: readFileSync(join(directory, name), 'utf8') }] as const];
    }),
  );
}
