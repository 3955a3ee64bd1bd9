/**
 * The templates' engine: Liquid, which anybody who knows Jinja reads. Substitution and repetition is
 * all that a template does. A name that it does not get is an error: in a router's configuration
 * nothing is better than an empty place.
 */

import { Liquid } from 'liquidjs';
import { errorText } from '../net/errorText.ts';

/** The text of the template of that name (`quagga/bgpd.conf`), with these values in it. */
export type Render = (name: string, values: object) => string;

export class TemplateError extends Error {
  override readonly name = 'TemplateError';
}

/** `templates`: their texts by name. The render function throws TemplateError. */
export function renderer(templates: Readonly<Record<string, string>>): Render {
  const engine = new Liquid({
    templates: { ...templates },
    strictVariables: true,
    strictFilters: true,
    // A line with a tag alone leaves no line behind.
    greedy: false,
    trimTagLeft: true,
    trimTagRight: true,
  });
  return (name, values) => {
    if (!Object.hasOwn(templates, name)) throw new TemplateError(`there is no template ${name}`);
    try {
      const text: string = engine.renderFileSync(name, values);
      return text;
    } catch (error) {
      const [line = ''] = errorText(error).split('\n');
      throw new TemplateError(`the template ${name} is broken: ${line}`);
    }
  };
}
