/** What the daemons say of a session, as keys of a neighbour. */

import { parseAddress } from '../net/text.ts';
import { bfdKey } from './bfdKey.ts';
import { inForce } from './evaluate.ts';
import type { ImportedNeighbour } from './importedNeighbour.ts';
import type { Notes } from './note.ts';
import type { Setting, Source } from './source.ts';
import type { YamlMapping } from './yamlText.ts';

/** `multihop` of `ebgp-multihop` without a number. */
const FURTHEST = '255';

export function sessionKeys(
  source: Source,
  { name, kind, neighbour }: ImportedNeighbour,
  notes: Notes,
): YamlMapping {
  const setting = (key: string) => inForce(neighbour.settings.session.get(key));
  return {
    ...number('port', setting('port')),
    ...updateSource(setting('update-source'), notes),
    ...textKey('interface', setting('interface')),
    ...(setting('passive') ? { passive: true } : {}),
    ...(kind === 'internal' ? {} : multihop(setting('ebgp-multihop'))),
    ...ttlSecurity(kind, setting('ttl-security'), notes),
    ...password(name, setting('password'), notes),
    ...holdTime(source, setting('timers')),
    ...connectRetry(setting('timers connect')),
    ...role(kind, setting('local-role')),
    ...bfdKey(source, neighbour.settings.session, notes),
    ...gracefulRestart(neighbour.settings.session),
  };
}

function number(key: string, setting: Setting | undefined): YamlMapping {
  const value = Number(setting?.args[0]);
  return Number.isInteger(value) && value > 0 && value < 65536 ? { [key]: value } : {};
}

function textKey(key: string, setting: Setting | undefined): YamlMapping {
  const text = setting?.args[0];
  return text !== undefined && /^[\w.@-]{1,15}$/.test(text) ? { [key]: text } : {};
}

function updateSource(setting: Setting | undefined, notes: Notes): YamlMapping {
  if (!setting) return {};
  const [text = ''] = setting.args;
  const address = parseAddress(text);
  if (address) return { 'local-address': address.text };
  const means = `connections come from what the kernel chooses: write the address of ${text} as local-address`;
  notes.lost(setting.statement, means);
  return {};
}

function multihop(setting: Setting | undefined): YamlMapping {
  const hops = setting && Number(setting.args[0] ?? FURTHEST);
  return hops !== undefined && hops > 1 && hops <= 255 ? { multihop: hops } : {};
}

function ttlSecurity(
  kind: ImportedNeighbour['kind'],
  setting: Setting | undefined,
  notes: Notes,
): YamlMapping {
  if (!setting) return {};
  if (setting.args[1] !== '1') {
    const means =
      'GTSM (RFC 5082) is for neighbours on a link of ours: packets from afar are taken';
    notes.lost(setting.statement, means);
    return {};
  }
  // Internal neighbours may be any number of hops away unless the file says otherwise.
  return { ...(kind === 'internal' ? { multihop: 1 } : {}), 'ttl-security': true };
}

/** The secret itself goes nowhere: neither into the file nor onto a screen. */
function password(name: string, setting: Setting | undefined, notes: Notes): YamlMapping {
  if (!setting) return {};
  const variable = `${name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}_MD5`.replace(
    /^(\d)/,
    '_$1',
  );
  const means = `the password is not copied: put it into the environment variable ${variable}, or into a file and write file:PATH`;
  notes.todo(setting.statement, means);
  return { password: `env:${variable}` };
}

function holdTime(source: Source, own: Setting | undefined): YamlMapping {
  const setting = own ?? inForce(source.router.get('timers bgp'));
  const seconds = setting ? Number(setting.args[1]) : source.datacenter ? 9 : Number.NaN;
  const isAllowed = seconds === 0 || (seconds >= 3 && seconds <= 65535);
  return isAllowed && seconds !== 90 ? { 'hold-time': `${seconds}s` } : {};
}

function connectRetry(setting: Setting | undefined): YamlMapping {
  const seconds = setting ? Number(setting.args[0]) : Number.NaN;
  const isAllowed = Number.isInteger(seconds) && seconds >= 1 && seconds <= 3600;
  return isAllowed && seconds !== 10 ? { 'connect-retry': `${seconds}s` } : {};
}

/** RFC 9234. What is the default of its kind need not be written. */
function role(kind: ImportedNeighbour['kind'], setting: Setting | undefined): YamlMapping {
  const [text = '', strict] = setting?.args ?? [];
  const is = { 'rs-server': 'rs' }[text] ?? text;
  if (!setting || kind === 'internal') return {};
  if (strict === 'strict-mode') return { role: { is, strict: true } };
  const usual = kind === 'upstream' ? 'customer' : 'provider';
  return is === usual ? {} : { role: is };
}

function gracefulRestart(
  settings: ImportedNeighbour['neighbour']['settings']['session'],
): YamlMapping {
  if (inForce(settings.get('graceful-restart-disable'))) return { 'graceful-restart': false };
  if (inForce(settings.get('graceful-restart-helper'))) return { 'graceful-restart': 'helper' };
  return inForce(settings.get('graceful-restart')) ? { 'graceful-restart': true } : {};
}
