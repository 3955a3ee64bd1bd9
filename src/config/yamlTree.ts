/**
 * The file's text as a tree of nodes with their offsets, before any key has a meaning. Every scalar
 * is kept as its text: the AS number 1.10 is not the number 1.1, and `no` is not false, until a
 * field says how it reads them.
 *
 * What a file can do to a reader is bounded here, for all that follows: its size, its depth, its
 * aliases. The tree is finite (no alias leads into itself), though an aliased node occurs in it
 * more than once.
 */

import { Composer, type Document, isAlias, isMap, isScalar, isSeq, Parser } from 'yaml';
import type { Findings, Place } from './findings.ts';
import { tellSyntax } from './syntaxError.ts';

export type Node = ScalarNode | ListNode | MappingNode;

export interface ScalarNode {
  readonly kind: 'scalar';
  readonly at: number;
  readonly text: string;
  /** Written without quotes. */
  readonly plain: boolean;
}

interface ListNode {
  readonly kind: 'list';
  readonly at: number;
  readonly nodes: readonly Node[];
}

export interface MappingNode {
  readonly kind: 'mapping';
  readonly at: number;
  readonly entries: readonly Entry[];
}

export interface Entry {
  readonly key: string;
  readonly keyAt: number;
  readonly value: Node;
}

/** In UTF-16 units. A file with a hundred thousand prefixes is half of it. */
const MAX_SIZE = 1 << 22;
/** The deepest value that has a meaning is at 5; the parser's own recursion must stay far from the stack's end. */
const MAX_DEPTH = 32;
const MAX_ALIASES = 100;

const ROOT: Place = { at: 0, path: '' };

/** The file's one document; undefined when it has none, or is not YAML at all. Never throws. */
export function parseYaml(text: string, findings: Findings): Node | undefined {
  if (text.length > MAX_SIZE) {
    findings.error(ROOT, {
      cause: `the file has ${text.length} characters, more than the ${MAX_SIZE} that are read`,
      consequence: 'nothing of it is used',
      mend: 'check that this is the right file',
    });
    return undefined;
  }
  checkCharacters(text, findings);
  const tokens = [...new Parser().parse(text)];
  if (!checkShape(tokens, findings)) return undefined;
  const options = { schema: 'failsafe', uniqueKeys: false, logLevel: 'silent' } as const;
  const document = [...new Composer(options).compose(tokens, true, text.length)][0];
  if (!document) return undefined;
  tellSyntax(document, text, findings);
  return document.contents ? new TreeBuilder(findings).build(document) : undefined;
}

/** Bytes that are not UTF-8 arrive as U+FFFD, and no value may have one; NUL ends text for the kernel. */
function checkCharacters(text: string, findings: Findings): void {
  const at = text.search(/[\ufffd\0]/);
  if (at < 0) return;
  findings.error(
    { at, path: '' },
    {
      cause: 'a byte here is not UTF-8 text',
      consequence: 'the file cannot be read as it was meant',
      mend: 'save the file as UTF-8',
    },
  );
}

type Token = ReturnType<Parser['parse']> extends Generator<infer T> ? T : never;

/** Depth and number of documents, found without recursion: the composer, which recurses, comes after. */
function checkShape(tokens: readonly Token[], findings: Findings): boolean {
  const documents = tokens.filter((token) => token.type === 'document');
  const second = documents[1];
  if (second) {
    findings.error(
      { at: second.offset, path: '' },
      {
        cause: 'a second document begins here',
        consequence: 'which of them is meant is not clear, so none is used',
        mend: 'remove the `---`, or put the rest in a file of its own',
      },
    );
    return false;
  }
  const deep = documents[0]?.value && tooDeep(documents[0].value);
  if (deep === undefined) return true;
  findings.error(
    { at: deep, path: '' },
    {
      cause: `values are nested deeper than ${MAX_DEPTH} levels here`,
      consequence: 'nothing of the file is used',
      mend: 'close the brackets, or correct the indentation',
    },
  );
  return false;
}

/** The offset of the first token that is nested too deep. */
function tooDeep(root: Token): number | undefined {
  const open: { token: Token; depth: number }[] = [{ token: root, depth: 1 }];
  for (let next = open.pop(); next; next = open.pop()) {
    const { token, depth } = next;
    if (depth > MAX_DEPTH) return token.offset;
    if (!('items' in token)) continue;
    for (const { key, value } of token.items) {
      if (key) open.push({ token: key, depth: depth + 1 });
      if (value) open.push({ token: value, depth: depth + 1 });
    }
  }
  return undefined;
}

const EMPTY = { kind: 'scalar', text: '', plain: true } as const;

/** Turns the composer's nodes into ours and resolves aliases. */
class TreeBuilder {
  readonly #findings: Findings;
  readonly #anchors = new Map<string, Node>();
  #aliases = 0;

  constructor(findings: Findings) {
    this.#findings = findings;
  }

  build(document: Document.Parsed | Document): Node {
    return this.#node(document.contents, 0);
  }

  #node(node: unknown, at: number): Node {
    if (isAlias(node)) return this.#alias(node.source, node.range?.[0] ?? at);
    if (isScalar(node)) {
      const text = typeof node.value === 'string' ? node.value : (node.source ?? '');
      const plain = node.type === 'PLAIN' || node.type === undefined;
      return this.#kept(node, { kind: 'scalar', at: node.range?.[0] ?? at, text, plain });
    }
    if (isSeq(node)) {
      const from = node.range?.[0] ?? at;
      const nodes = node.items.map((each) => this.#node(each, from));
      return this.#kept(node, { kind: 'list', at: from, nodes });
    }
    if (isMap(node)) {
      const from = node.range?.[0] ?? at;
      const entries = node.items.flatMap(({ key, value }) => this.#entry(key, value, from));
      return this.#kept(node, { kind: 'mapping', at: from, entries });
    }
    return { ...EMPTY, at };
  }

  #entry(keyNode: unknown, value: unknown, at: number): readonly Entry[] {
    const key = this.#node(keyNode, at);
    if (key.kind === 'scalar') {
      return [{ key: key.text, keyAt: key.at, value: this.#node(value, key.at) }];
    }
    this.#refuse(key.at, {
      cause: `a ${key.kind} stands where a key belongs`,
      consequence: 'no key has such a name',
      mend: 'write a plain word before the colon; a value with brackets or braces goes in quotes',
    });
    return [];
  }

  /** Remembers an anchored node, once it is complete: an alias inside it finds nothing. */
  #kept<T extends Node>(node: { anchor?: string; tag?: string }, built: T): T {
    if (node.anchor !== undefined) this.#anchors.set(node.anchor, built);
    if (node.tag !== undefined) {
      this.#refuse(built.at, {
        cause: `the tag ${node.tag.slice(0, 64)} stands before this value`,
        consequence: 'the file is read without tags: each key says what its value is',
        mend: 'remove the tag',
      });
    }
    return built;
  }

  #alias(name: string, at: number): Node {
    const found = this.#anchors.get(name);
    this.#aliases++;
    if (found && this.#aliases <= MAX_ALIASES) return found;
    this.#refuse(at, {
      cause: found
        ? `this is the alias number ${this.#aliases}; ${MAX_ALIASES} are read`
        : `*${name.slice(0, 64)} refers to no anchor before it`,
      consequence: 'the value is unknown',
      mend: found
        ? 'write the value out'
        : `write &${name.slice(0, 64)} before the value that is meant`,
    });
    return { ...EMPTY, at };
  }

  #refuse(at: number, told: Parameters<Findings['error']>[1]): void {
    this.#findings.error({ at, path: '' }, told);
  }
}
