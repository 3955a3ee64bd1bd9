/**
 * A file's text to a configuration, or to everything that is wrong with it. This is the only place
 * where a prefix becomes one of ours.
 */

import { collectCommunities } from '../net/community.ts';
import type { Prefix } from '../net/prefix.ts';
import { bmpStationOf } from './bmpKeys.ts';
import { checksOf } from './checks.ts';
import { conditionOf } from './conditionField.ts';
import type { Config, OwnPrefix, PrefixConfig } from './config.ts';
import { stabilityOf } from './dampingKeys.ts';
import { file, type ReadFile, type ReadPrefix } from './definition.ts';
import { Findings } from './findings.ts';
import { judge } from './judge.ts';
import { correlatedFailureOf } from './judgeCorrelatedFailure.ts';
import { kernelOf } from './kernelKeys.ts';
import { type Locate, locator } from './locate.ts';
import { downstreamOf, internalOf, upstreamOf, values } from './neighbour.ts';
import type { Problem } from './problem.ts';
import { recordOf } from './recordKeys.ts';
import { type Node, parseYaml } from './yamlTree.ts';

export interface Loaded {
  /** Undefined when any of the problems is an error. */
  readonly config: Config | undefined;
  /** All of them, in the file's order. */
  readonly problems: readonly Problem[];
  /** Where the file says something, for problems that are found elsewhere than in its text. */
  readonly positions: Locate;
}

/** Never throws. `name` is the file's, for what is said of the file as a whole. */
export function loadConfig(text: string, name: string): Loaded {
  const findings = new Findings();
  const root = isForeign(text, findings) ? undefined : parseYaml(text, findings);
  const read = readFile(root, name, findings);
  if (read && findings.wholeFile) judge(read, findings);
  const config = read && !findings.hasErrors ? configOf(read) : undefined;
  return { config, problems: findings.problemsIn(text), positions: locator(text, root) };
}

/** A configuration of FRR or Quagga is no file of ours with an error in each line. */
function isForeign(text: string, findings: Findings): boolean {
  const at = text.search(/^router bgp \d/m);
  if (at < 0) return false;
  findings.error(
    { at, path: '' },
    {
      cause: 'this is a configuration of FRR or Quagga',
      consequence: 'nothing of it is read',
      mend: '`multihomed import frr FILE`, or `import quagga FILE`, makes a file of ours of it',
    },
  );
  return true;
}

function readFile(root: Node | undefined, name: string, findings: Findings): ReadFile | undefined {
  if (root) return file.read(root, { at: root.at, path: '' }, findings);
  if (findings.hasErrors) return undefined;
  findings.error(
    { at: 0, path: '' },
    {
      cause: `${name} is empty`,
      consequence: 'there is nothing to announce and nobody to announce it to',
      mend: 'begin with asn, router-id, prefixes and upstreams; `multihomed schema` has every key',
    },
  );
  return undefined;
}

/** Undefined only when something required is missing, which was told. */
function configOf(read: ReadFile): Config | undefined {
  const { asn, 'router-id': routerId, control, log } = read;
  if (!asn || !routerId || !read.upstreams) return undefined;
  const upstreams = read.upstreams.value.flatMap((each) => upstreamOf(each) ?? []);
  const names = upstreams.map((upstream) => upstream.name);
  const checks = checksOf(read);
  return {
    asn: asn.value,
    routerId: routerId.value,
    site: read.site?.value,
    listen: values(read.listen.value),
    control: {
      socket: control.value.socket?.value,
      mode: control.value.mode.value,
      http: control.value.http?.value,
    },
    log: { level: log.value.level.value, format: log.value.format.value },
    prefixes: read.prefixes.value.flatMap(({ value }) => prefixOf(value, names) ?? []),
    checks,
    correlatedFailure: correlatedFailureOf(read, checks),
    bmp: read.bmp.value.map(({ value }) => bmpStationOf(value)),
    kernel: read.kernel && kernelOf(read.kernel.value),
    stateDir: read['state-dir']?.value,
    record: read.record && recordOf(read.record.value, read['state-dir']?.value),
    onExit: read['on-exit'].value,
    stability: stabilityOf(read['flap-budget'].value),
    upstreams,
    downstreams: read.downstreams.value.flatMap((each) => downstreamOf(each) ?? []),
    internal: read.internal.value.flatMap((each) => internalOf(each, asn.value) ?? []),
  };
}

function prefixOf(read: ReadPrefix, all: readonly string[]): PrefixConfig | undefined {
  if (!read.prefix) return undefined;
  return {
    prefix: ownPrefix(read.prefix.value),
    upstreams: read.upstreams ? values(read.upstreams.value) : all,
    communities: collectCommunities(values(read.communities.value)),
    space: read.space.value,
    needs: read.needs && conditionOf(read.needs.value),
    onFailure: read['on-failure']?.value ?? 'withdraw',
  };
}

/** The file says that it is ours. */
function ownPrefix(prefix: Prefix): OwnPrefix {
  return prefix as OwnPrefix;
}
