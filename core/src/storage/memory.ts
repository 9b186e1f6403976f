import { type Backend, type Change, noBytes, type Range } from './backend.ts';

const text = (key: Uint8Array): string => Buffer.from(key.buffer, key.byteOffset, key.length).toString('latin1');

/** A store that lives as long as the process: `--disable_database`. */
export class MemoryBackend implements Backend {
  readonly #values = new Map<string, Uint8Array>();
  #sorted: string[] | undefined = [];

  async get(key: Uint8Array): Promise<Uint8Array | undefined> {
    return this.#values.get(text(key));
  }

  async write(changes: readonly Change[]): Promise<void> {
    for (const change of changes) {
      const key = text(change.key);
      if (change.type === 'del') {
        if (this.#values.delete(key)) this.#sorted = undefined;
        continue;
      }
      if (!this.#values.has(key)) this.#sorted = undefined;
      this.#values.set(key, change.value.slice());
    }
  }

  async entries(range: Range): Promise<[Uint8Array, Uint8Array][]> {
    const keys = this.#keys();
    const to = text(range.to);
    const found: [Uint8Array, Uint8Array][] = [];
    for (let at = firstAtOrAfter(keys, text(range.from), range.exclusive); at < keys.length; at++) {
      const key = keys[at] ?? '';
      if (key >= to || found.length >= range.limit) break;
      found.push([Buffer.from(key, 'latin1'), range.values ? (this.#values.get(key) ?? noBytes) : noBytes]);
    }
    return found;
  }

  async close(): Promise<void> {
    this.#values.clear();
    this.#sorted = [];
  }

  #keys(): string[] {
    this.#sorted ??= [...this.#values.keys()].sort();
    return this.#sorted;
  }
}

function firstAtOrAfter(keys: readonly string[], from: string, exclusive: boolean): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const key = keys[middle] ?? '';
    if (key < from || (exclusive && key === from)) low = middle + 1;
    else high = middle;
  }
  return low;
}
