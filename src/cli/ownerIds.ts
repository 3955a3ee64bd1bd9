/** Numbers of users and groups by name, from the machine's own lists: Node has no call for it. */

import { readFileSync } from 'node:fs';

/** Undefined when either is not there. */
export function ownerIds(
  { user, group }: { readonly user: string; readonly group: string },
  etc = '/etc',
): { readonly uid: number; readonly gid: number } | undefined {
  const uid = idOf(`${etc}/passwd`, user);
  const gid = idOf(`${etc}/group`, group);
  return uid === undefined || gid === undefined ? undefined : { uid, gid };
}

/** Both files have `NAME:PASSWORD:ID:…` on each line. */
function idOf(file: string, name: string): number | undefined {
  const fields = readLines(file).map((line) => line.split(':'));
  const id = fields.find(([first]) => first === name)?.[2];
  return id !== undefined && /^\d+$/.test(id) ? Number(id) : undefined;
}

function readLines(file: string): readonly string[] {
  try {
    return readFileSync(file, 'utf8').split('\n');
  } catch {
    return []; // a machine that keeps them elsewhere
  }
}
