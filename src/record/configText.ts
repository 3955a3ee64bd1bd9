/**
 * A configuration file's text as a record keeps it: JSON, which the file's reader takes as well, with
 * nothing but what has a meaning. Comments are gone, and so is what may be secret though the file has
 * no place for passwords: arguments of programs, the path and the query of a URL, and what is looked for
 * in the answer. Equal texts hide behind equal words, so that what had changed still has.
 */

import { Findings } from '../config/findings.ts';
import { type Node, parseYaml } from '../config/yamlTree.ts';
import { shownText } from '../monitor/checks/probe.ts';
import { isBare, urlParts } from '../net/urlText.ts';

export class ConfigTexts {
  readonly #hidden = new Map<string, number>();
  /** As details of probes quote them, with the words that stand for them. */
  readonly #bodies = new Map<string, string>();

  /** Undefined: it is not YAML. */
  of(text: string): string | undefined {
    const root = parseYaml(text, new Findings());
    return root && this.#text(root, []);
  }

  #text(node: Node, path: readonly string[]): string {
    switch (node.kind) {
      case 'scalar':
        return this.#scalar(node.text, node.plain, path);
      case 'list':
        return `[${node.nodes.map((each, i) => this.#text(each, [...path, String(i)])).join(',')}]`;
      case 'mapping': {
        const entries = node.entries.map(
          ({ key, value }) => `${JSON.stringify(key)}:${this.#text(value, [...path, key])}`,
        );
        return `{${entries.join(',')}}`;
      }
    }
  }

  /** Plain ones stay plain where that is possible: `true` in quotes is text. */
  #scalar(text: string, plain: boolean, [top, , key, index]: readonly string[]): string {
    if (top === 'checks' && key === 'exec' && index !== '0') return `"${this.#hide(text)}"`;
    if (top === 'checks' && key === 'http') return JSON.stringify(this.#hideAsked(text));
    if (top === 'checks' && key === 'body') return `"${this.#hideBody(text)}"`;
    if (plain && ['', '~'].includes(text)) return 'null';
    return plain && PLAIN.test(text) ? text : JSON.stringify(text);
  }

  /** What a probe found, without what it looked for: it quotes that. */
  detailOf(text: string): string {
    let shown = text;
    for (const [body, word] of this.#bodies) shown = shown.replaceAll(`"${body}"`, `"${word}"`);
    return shown;
  }

  #hideBody(text: string): string {
    const word = this.#hide(text);
    this.#bodies.set(shownText(text), word);
    return word;
  }

  #hideAsked(url: string): string {
    const { server = '', asked = url } = urlParts(url) ?? {};
    return isBare(asked) ? url : `${server}/${this.#hide(asked)}`;
  }

  #hide(text: string): string {
    const known = this.#hidden.get(text) ?? this.#hidden.size + 1;
    this.#hidden.set(text, known);
    return `hidden-${known}`;
  }
}

/** What means itself in JSON and YAML, and is no text there. */
const PLAIN = /^(true|false|null|-?\d+(\.\d+)?)$/;
