import t from 'tap';
import { renderer, TemplateError } from '../../src/generate/template.ts';
import { judgeReferences } from '../../src/generate/vtyReferences.ts';

const render = renderer({
  list: 'a\n{% for x in all %}\n  x {{ x }}\n{% endfor %}\nz\n',
  absent: 'a\n{{ nothing.here }}\n',
  broken: 'a\n{% for x in all %}\n',
  filter: '{{ a | shout }}\n',
});

t.test('a line with a tag alone leaves no line behind', async (t) => {
  t.equal(render('list', { all: [1, 2] }), 'a\n  x 1\n  x 2\nz\n');
  t.equal(render('list', { all: [] }), 'a\nz\n');
});

t.test('what is not there is an error that names the template and the line', async (t) => {
  for (const [name, told] of [
    ['absent', /^the template absent is broken: undefined variable: nothing.*line:2/],
    ['broken', /^the template broken is broken: .*line:2/],
    ['filter', /^the template filter is broken: undefined filter: shout/],
    ['neither', /^there is no template neither/],
  ] as const) {
    const act = () => render(name, { a: '', all: [] });
    t.throws(act, TemplateError, name);
    t.throws(act, { message: told }, name);
  }
});

t.test(
  'a list or map that is used and not defined is found before a daemon ignores it',
  async (t) => {
    const good =
      'ip prefix-list A seq 5 permit 10.0.0.0/8\nroute-map M permit 10\n match ip address prefix-list A\n';
    t.doesNotThrow(() => judgeReferences(good));
    t.throws(() => judgeReferences(good.replace('prefix-list A seq', 'prefix-list B seq')), {
      message: 'prefix-list A is used and not defined: the template is broken',
    });
    const text = ' neighbor 192.0.2.1 route-map gone in\n match as-path X\n';
    t.throws(() => judgeReferences(text), {
      message: /^as-path access-list X is used .*\nroute-map gone is used and not defined/,
    });
    const watched = 'bfd\n profile a\n!\nrouter bgp 64500\n neighbor 192.0.2.1 bfd profile a\n';
    t.doesNotThrow(() => judgeReferences(watched));
    t.throws(() => judgeReferences(watched.replace(' profile a\n', ' profile b\n')), {
      message: 'BFD profile a is used and not defined: the template is broken',
    });
  },
);
