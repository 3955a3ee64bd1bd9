/** The topologies and experiments that come with the program: sound, and valid containerlab files. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import t from 'tap';
import { parse } from 'yaml';
import { readTemplates } from '../../src/cli/templateFiles.ts';
import { renderer } from '../../src/generate/template.ts';
import { writeContainerlab } from '../../src/lab/containerlab.ts';
import { judgeConfigs } from '../../src/lab/judgeConfigs.ts';
import { readyExperiment } from '../../src/lab/round.ts';
import { loadTopology, topologyOf } from '../../src/lab/topologyFile.ts';

const LAB = fileURLToPath(new URL('../../lab/', import.meta.url));
const SCHEMA = fileURLToPath(new URL('../../../shared/data/clab.schema.json', import.meta.url));
const TOPOLOGIES = readdirSync(`${LAB}topologies`);
const EXPERIMENTS = readdirSync(`${LAB}experiments`);

const pathOf = (name: string) => `${LAB}topologies/${name}`;
const textOf = (name: string) => readFileSync(pathOf(name), 'utf8');

t.test('every topology is sound, and its edges are configured for it', async (t) => {
  for (const name of TOPOLOGIES) {
    const { topology, problems } = loadTopology(textOf(name), pathOf(name));
    t.strictSame(problems, [], name);
    t.equal(`${topology?.name}.clab.yml`, name, 'called as its file is');
    if (topology) judgeConfigs(topology);
  }
});

t.test(
  "containerlab's schema takes every topology, and every folder that is made of one",
  { skip: existsSync(SCHEMA) ? false : 'the schema is not here' },
  async (t) => {
    const valid = new Ajv({ strict: false, logger: false }).compile(
      JSON.parse(readFileSync(SCHEMA, 'utf8')),
    );
    for (const name of TOPOLOGIES) {
      t.ok(valid(parse(textOf(name))), `${name}: ${JSON.stringify(valid.errors)}`);
      const folder = t.testdir();
      const files = writeContainerlab(
        topologyOf(textOf(name), pathOf(name)),
        textOf(name),
        folder,
        '1',
      );
      const made = parse(readFileSync(`${folder}/${name}`, 'utf8'));
      t.ok(valid(made), `${name}, made: ${JSON.stringify(valid.errors)}`);
      const nodes: Record<string, { binds?: readonly string[] }> = made.topology.nodes;
      t.notMatch(JSON.stringify(made), /route add default/, 'one is there already');
      for (const bind of Object.values(nodes).flatMap(({ binds = [] }) => binds)) {
        t.ok(files.includes(bind.split(':')[0] ?? ''), `${bind} is in the folder`);
      }
    }
  },
);

t.test('every experiment is made ready, or says what it waits for', async (t) => {
  const options = {
    topologyFile: (name: string) => pathOf(`${name}.clab.yml`),
    render: renderer(readTemplates()),
    features: { koffi: true, means: 'relay', quagga: undefined } as const,
  };
  for (const name of EXPERIMENTS) {
    const ready = readyExperiment(`${LAB}experiments/${name}`, options);
    t.ok(ready.topology ?? ready.unavailable, name);
    if (ready.topology) t.ok(ready.experiment.expectations.length > 0, 'it expects something');
  }
});
