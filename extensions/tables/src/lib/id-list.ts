/** A line of a list and the lines that belong to it. */
export interface IdEntry {
  readonly name: string;
  /** Where its lines are in the list. */
  readonly start: number;
  readonly end: number;
}

const tab = 9;
const hash = 35;

/**
 * Names of numbers in the format of pci.ids (https://pci-ids.ucw.cz): each line has a number, two blanks and a name; one with a tab
 * more belongs to the one above. The text is searched instead of parsed, since a machine has few of its 35,000 devices.
 */
export class IdList {
  readonly #text: string;
  /** Entries that were looked for; the devices of a machine have few vendors. */
  readonly #known = new Map<string, IdEntry | undefined>();

  constructor(text: string) {
    this.#text = `\n${text}\n`;
  }

  /** The entry of a number, as it is written: at the top level, or among those that belong to `parent`. */
  find(number: string, parent?: IdEntry, depth = parent === undefined ? 0 : 1): IdEntry | undefined {
    const key = `${depth} ${parent?.start} ${number}`;
    if (!this.#known.has(key)) this.#known.set(key, this.#search(number, parent, depth));
    return this.#known.get(key);
  }

  #search(number: string, parent: IdEntry | undefined, depth: number): IdEntry | undefined {
    const line = `\n${'\t'.repeat(depth)}${number}  `;
    const at = this.#text.indexOf(line, parent?.start ?? 0);
    if (at < 0 || at >= (parent?.end ?? this.#text.length)) return undefined;
    const start = this.#text.indexOf('\n', at + 1);
    return { name: this.#text.slice(at + line.length, start).trim(), start, end: this.#endOf(start, depth) };
  }

  /** Where the lines end that are deeper than `depth`. */
  #endOf(start: number, depth: number): number {
    for (let at = start; at < this.#text.length - 1; ) {
      if (!this.#isDeeper(at + 1, depth)) return at;
      const next = this.#text.indexOf('\n', at + 1);
      if (next < 0) break;
      at = next;
    }
    return this.#text.length;
  }

  #isDeeper(start: number, depth: number): boolean {
    if (this.#text.charCodeAt(start) === hash) return true;
    for (let index = 0; index <= depth; index += 1) if (this.#text.charCodeAt(start + index) !== tab) return false;
    return true;
  }
}
