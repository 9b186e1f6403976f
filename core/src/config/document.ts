import { getNodePath, type Node, type ParseError, parseTree } from 'jsonc-parser';
import type { CutText } from './cut-text.ts';
import type { ConfigFault } from './fault.ts';
import { isTooLarge, prepareText, sizeLimit } from './prepare.ts';
import { levelLimit, syntaxText, tooDeepAt } from './syntax.ts';

export type { Node } from 'jsonc-parser';

/** The text of one source or pack, parsed; knows where everything in it stands. */
export class Document {
  /** What faults call it. */
  readonly source: string;
  readonly raw: string;
  readonly #prepared: CutText;

  private constructor(source: string, raw: string, prepared: CutText) {
    this.source = source;
    this.raw = raw;
    this.#prepared = prepared;
  }

  /** Parses a text whose root must be an object: JSON with comments and trailing commas. */
  static parse(source: string, raw: string): { document: Document; root: Node } | { fault: ConfigFault } {
    const prepared = prepareText(raw);
    const document = new Document(source, raw, prepared);
    const { text } = prepared;
    if (isTooLarge(text)) return { fault: document.#faultAt(0, `The configuration has more than ${sizeLimit} bytes.`) };
    const tooDeep = tooDeepAt(text);
    if (tooDeep !== undefined)
      return { fault: document.#faultAt(tooDeep, `The configuration has more than ${levelLimit} levels.`) };
    const errors: ParseError[] = [];
    const root = parseTree(text, errors, { allowTrailingComma: true });
    const [error] = errors;
    if (error !== undefined) return { fault: document.#faultAt(error.offset, syntaxText(error)) };
    if (root?.type !== 'object')
      return { fault: document.#faultAt(root?.offset ?? 0, `An object is expected here${found(root)}.`) };
    return { document, root };
  }

  /** A fault of a node. */
  fault(node: Node, severity: ConfigFault['severity'], message: string, nearest?: string): ConfigFault {
    const place = this.#position(this.#prepared.origin(node.offset));
    const pointer = getNodePath(node)
      .map(part => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`)
      .join('');
    return { severity, source: this.source, ...place, pointer, message, ...(nearest !== undefined && { nearest }) };
  }

  #faultAt(offset: number, message: string): ConfigFault {
    const place = this.#position(this.#prepared.origin(offset));
    return { severity: 'error', source: this.source, ...place, pointer: '', message };
  }

  #position(offset: number): { line: number; column: number } {
    const before = this.raw.slice(0, offset);
    const lineStart = before.lastIndexOf('\n') + 1;
    const line = before.split('\n').length;
    return { line, column: [...before.slice(lineStart)].length + 1 };
  }
}

const found = (node: Node | undefined): string => (node === undefined ? '' : `, not ${kindOf(node)}`);

const kinds: Readonly<Record<string, string>> = {
  object: 'an object',
  array: 'an array',
  string: 'a string',
  number: 'a number',
  boolean: 'true or false',
  null: 'null',
};

/** What kind of value a node is, with its article. */
export const kindOf = ({ type }: Node): string => kinds[type] ?? type;

/** A member of an object. */
export interface Member {
  /** The key where it stands. */
  readonly key: Node;
  readonly value: Node;
}

/** The members of an object by name; of several with one name the first counts. Nothing when it is no object. */
export function membersOf(node: Node | undefined): Map<string, Member> {
  const members = new Map<string, Member>();
  if (node?.type !== 'object') return members;
  for (const { children } of node.children ?? []) {
    const [key, value] = children ?? [];
    if (key === undefined || value === undefined || members.has(key.value)) continue;
    members.set(key.value, { key, value });
  }
  return members;
}

/** The keys of an object that stand in it a second time: only the first counts. */
export function repeatedKeys(node: Node): readonly Node[] {
  const seen = new Set<string>();
  return (node.type === 'object' ? (node.children ?? []) : []).flatMap(({ children }) => {
    const key = children?.[0];
    if (key === undefined) return [];
    if (seen.has(key.value)) return [key];
    seen.add(key.value);
    return [];
  });
}

/** The elements of an array; nothing when it is none. */
export const elementsOf = (node: Node | undefined): readonly Node[] =>
  node?.type === 'array' ? (node.children ?? []) : [];

/** The value of a node. */
export function plainValue(node: Node): unknown {
  if (node.type === 'array') return elementsOf(node).map(plainValue);
  if (node.type !== 'object') return node.value;
  return Object.fromEntries([...membersOf(node)].map(([name, { value }]) => [name, plainValue(value)]));
}
