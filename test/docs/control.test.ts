import { readFileSync } from 'node:fs';
import t from 'tap';
import { OPERATOR_CALLS } from '../../src/control/operatorCalls.ts';
import { ROUTE_PARAMETERS } from '../../src/control/routeQuery.ts';
import { PATH_STATES } from '../../src/control/routeView.ts';
import { reasonText } from '../../src/policy/importReason.ts';
import { Reason } from '../../src/rib/reason.ts';

const text = readFileSync(new URL('../../docs/control.md', import.meta.url), 'utf8');

t.test('docs/control.md names every parameter, state and refusal of /v1/routes', (t) => {
  for (const name of ROUTE_PARAMETERS) t.match(text, `| \`${name}=`);
  for (const state of PATH_STATES) t.match(text, `\`${state}\``);
  for (const reason of Object.values(Reason)) {
    if (reason !== Reason.accepted) t.match(text, `\`${reasonText(reason).code}\``);
  }
  t.end();
});

t.test('docs/control.md names every call of an operator', (t) => {
  for (const { method, path } of OPERATOR_CALLS) t.ok(text.includes(`\`${method} ${path}`), path);
  t.end();
});
