/**
 * `multihomed generate TARGET`: another program's configuration, equivalent to the file. Printed, or
 * written to a directory, or compared with one.
 */

import { basename } from 'node:path';
import { createTwoFilesPatch } from 'diff';
import type { Config } from '../config/config.ts';
import { readConfigFile } from '../daemon/configFile.ts';
import { readFileText } from '../daemon/fileText.ts';
import { withHead } from '../generate/head.ts';
import {
  type Generated,
  type GenerateOptions,
  type Target,
  TargetError,
} from '../generate/target.ts';
import { targetOf } from '../generate/targets.ts';
import { renderer, TemplateError } from '../generate/template.ts';
import { plainLine } from '../net/plainText.ts';
import type { Command } from './command.ts';
import { CommandError } from './commandError.ts';
import { configPath } from './configPath.ts';
import { installedText, sha256, type WholeFile, writeFiles } from './generatedFiles.ts';
import { derivedInterfaces, judgeInterfaces } from './interfaceOption.ts';
import { jsonText } from './json.ts';
import { passwordsOf } from './passwords.ts';
import { runSysctlCheck } from './sysctlCheck.ts';
import { readTemplates } from './templateFiles.ts';
import type { Terminal } from './terminal.ts';

type Options = Extract<Command, { name: 'generate' }>;

/** Throws CommandError or FileError. Returns the exit code. */
export async function runGenerate(
  options: Options,
  terminal: Terminal,
  version: string,
  templates: () => Readonly<Record<string, string>> = readTemplates,
): Promise<number> {
  const target = chosen(options.target);
  const path = configPath(options.config);
  const config = await configOf(path, terminal);
  judgeInterfaces(options.interfaces, config);
  if (options.check) {
    const interfaces = await derivedInterfaces(config, options.interfaces);
    return runSysctlCheck(config, { interfaces, json: options.json }, terminal);
  }
  const digest = sha256(await readFileText(path));
  const passwords = options.withSecrets ? await passwordsOf(config) : {};
  const generated = generateWith(target, config, {
    render: renderer(templates()),
    interfaces: options.interfaces,
    ...passwords,
  });
  const lost = generated.notExpressible;
  for (const { what, why } of lost) terminal.stderr(`${target.name}: ${what}: ${why}\n`);
  if (options.strict && lost.length > 0) {
    throw new CommandError(
      `${target.name} cannot express all of ${path}, and --strict asks for that; nothing was written`,
    );
  }
  const origin = { version, file: plainLine(basename(path)), digest };
  const files = generated.files.map(({ content, comment, ...file }, i) => ({
    ...file,
    text: withHead({ ...file, content, comment }, origin, sha256, i === 0 ? lost : []),
  }));
  if (options.diff !== undefined) return compare(options.diff, files, terminal);
  if (options.output !== undefined) return write(options.output, files, options.force, terminal);
  if (options.json) terminal.stdout(jsonText({ target: target.name, files, notExpressible: lost }));
  else terminal.stdout(listing(files));
  return 0;
}

/** The command line was judged already. */
function chosen(name: string): Target {
  const target = targetOf(name);
  if (target) return target;
  throw new CommandError(`there is no target ${name}`);
}

async function configOf(path: string, terminal: Terminal): Promise<Config> {
  const loaded = await readConfigFile(path);
  if (loaded.ok) return loaded.config;
  terminal.stderr(`${loaded.failure}\n`);
  throw new CommandError('nothing was generated');
}

function generateWith(target: Target, config: Config, options: GenerateOptions): Generated {
  try {
    return target.generate(config, options);
  } catch (error) {
    if (error instanceof TemplateError) throw new CommandError(error.message);
    if (!(error instanceof TargetError)) throw error;
    const lines = error.problems.map((problem) => `${target.name}: ${problem}`);
    throw new CommandError(`nothing was generated:\n${lines.join('\n')}`);
  }
}

/** One file as it is; several with a line between them, as `tail` has it. */
function listing(files: readonly WholeFile[]): string {
  if (files.length === 1) return files[0]?.text ?? '';
  return files
    .map(({ path, mode, owner, text }) => {
      const whose = owner ? `, ${owner.user}:${owner.group}` : '';
      return `==> ${path} (${modeText(mode)}${whose}) <==\n${text}`;
    })
    .join('\n');
}

/** Exit code 1: something differs. */
function compare(directory: string, files: readonly WholeFile[], terminal: Terminal): number {
  let differs = false;
  for (const { path, text } of files) {
    const installed = installedText(directory, path);
    if (installed === text) continue;
    differs = true;
    const from = installed === undefined ? '/dev/null' : `${directory}/${path}`;
    const patch = createTwoFilesPatch(from, `${path} as generated`, installed ?? '', text);
    terminal.stdout(patch.replace(/^=+\n/, ''));
  }
  return differs ? 1 : 0;
}

function write(
  directory: string,
  files: readonly WholeFile[],
  force: boolean,
  terminal: Terminal,
): number {
  const { written, unchanged, notOwned } = writeFiles(directory, files, force);
  for (const path of written) terminal.stdout(`${path}: written\n`);
  for (const path of unchanged) terminal.stdout(`${path}: unchanged\n`);
  for (const owner of notOwned) {
    terminal.stderr(`not root, or no such user here: chown ${owner}\n`);
  }
  return 0;
}

function modeText(mode: number): string {
  return mode.toString(8).padStart(4, '0');
}
