import { OutpostError } from '../errors.ts';
import { FieldType, leastBytesOf, strictVersion, versionMask } from './codes.ts';
import type { Limits } from './limits.ts';

/** What is expected next, when it is not a value. */
const expecting = { header: -1, nothing: 0 } as const;

/** One struct or container that is not finished. */
interface Level {
  readonly type: number;
  /** Types of the entries: of a list or set the first, of a map keys and values in turn. */
  readonly entryTypes: readonly [number, number];
  /** Values to come; a struct ends otherwise. */
  left: number;
}

/**
 * Finds the end of an unframed message while its bytes arrive. It keeps its place, so that each byte is looked at once however
 * slowly a message comes in, and it refuses what breaks a limit before the rest has arrived.
 */
export class MessageScanner {
  readonly #limits: Limits;
  readonly #levels: Level[] = [];
  #position = 0;
  #entriesLeft: number;
  /** The type of the value that comes next, or a value of {@link expecting}. */
  #next: number = expecting.header;

  constructor(limits: Limits) {
    this.#limits = limits;
    this.#entriesLeft = limits.entries;
  }

  /**
   * @param bytes the message from its first byte on, at least as much of it as the time before
   * @returns where the message ends, or `undefined` when more bytes are needed
   * @throws OutpostError MESSAGE_MALFORMED or MESSAGE_LIMIT; the bytes after that have no meaning
   */
  scan(bytes: Buffer): number | undefined {
    if (this.#next === expecting.header && !this.#scanHeader(bytes)) return this.#wait(bytes);
    while (this.#levels.length > 0) {
      if (this.#next === expecting.nothing && !this.#scanNext(bytes)) return this.#wait(bytes);
      if (this.#next !== expecting.nothing && !this.#scanValue(bytes)) return this.#wait(bytes);
    }
    this.#checkSize(this.#position);
    return this.#position;
  }

  #wait(bytes: Buffer): undefined {
    this.#checkSize(Math.max(bytes.length, this.#position));
    return undefined;
  }

  #checkSize(size: number): void {
    const limit = this.#limits.messageBytes;
    if (size > limit) throw new OutpostError('MESSAGE_LIMIT', { what: 'bytes', size, limit });
  }

  /** Steps over version, name, kind and sequence id. */
  #scanHeader(bytes: Buffer): boolean {
    if (bytes.length < 4) return false;
    const word = bytes.readInt32BE(0);
    const strict = word < 0;
    if (strict && (word & versionMask) !== (strictVersion | 0)) {
      throw new OutpostError('MESSAGE_MALFORMED', { reason: `it begins with ${(word >>> 0).toString(16)}` });
    }
    const nameAt = strict ? 4 : 0;
    const nameEnd = this.#textEnd(bytes, nameAt);
    if (nameEnd === undefined) return false;
    const end = nameEnd + (strict ? 4 : 5);
    if (end > bytes.length) return false;
    this.#position = end;
    this.#next = expecting.nothing;
    this.#enter({ type: FieldType.struct, entryTypes: [0, 0], left: 0 });
    return true;
  }

  /** Where a text ends whose length stands at a position; `undefined` when it is not all there. */
  #textEnd(bytes: Buffer, at: number): number | undefined {
    if (at + 4 > bytes.length) return undefined;
    const size = bytes.readInt32BE(at);
    if (size < 0) throw new OutpostError('MESSAGE_MALFORMED', { reason: `a text has the length ${size}` });
    const limit = Math.min(this.#limits.stringBytes, this.#limits.messageBytes);
    if (size > limit) throw new OutpostError('MESSAGE_LIMIT', { what: 'bytes in a text', size, limit });
    const end = at + 4 + size;
    return end > bytes.length ? undefined : end;
  }

  #enter(level: Level): void {
    const { depth } = this.#limits;
    if (this.#levels.length >= depth) {
      throw new OutpostError('MESSAGE_LIMIT', { what: 'levels', size: depth + 1, limit: depth });
    }
    this.#levels.push(level);
  }

  /** Finds the type of the next value in the innermost level, or leaves a finished level. */
  #scanNext(bytes: Buffer): boolean {
    const level = this.#levels.at(-1);
    if (level === undefined) return true;
    if (level.type !== FieldType.struct) {
      if (level.left === 0) this.#levels.pop();
      else this.#next = level.entryTypes[level.left-- & 1] as number;
      return true;
    }
    const type = bytes[this.#position];
    if (type === undefined) return false;
    if (type === FieldType.stop) {
      this.#levels.pop();
      this.#position += 1;
      return true;
    }
    if (this.#position + 3 > bytes.length) return false;
    this.#position += 3;
    this.#next = type;
    return true;
  }

  /** Steps over the value that comes next, or enters it. */
  #scanValue(bytes: Buffer): boolean {
    const type = this.#next;
    if (type === FieldType.struct) this.#enter({ type, entryTypes: [0, 0], left: 0 });
    else if (type >= FieldType.map && type <= FieldType.list) {
      if (!this.#scanContainer(bytes, type)) return false;
    } else {
      const end =
        type === FieldType.string ? this.#textEnd(bytes, this.#position) : this.#position + leastBytesOf(type);
      if (end === undefined || end > bytes.length) return false;
      this.#position = end;
    }
    this.#next = expecting.nothing;
    return true;
  }

  #scanContainer(bytes: Buffer, type: number): boolean {
    const header = leastBytesOf(type);
    const at = this.#position;
    if (at + header > bytes.length) return false;
    const count = bytes.readInt32BE(at + header - 4);
    const first = bytes[at] as number;
    const isMap = type === FieldType.map;
    const second = isMap ? (bytes[at + 1] as number) : first;
    this.#position = at + header;
    if (count !== 0) this.#checkCount(count, leastBytesOf(first) + (isMap ? leastBytesOf(second) : 0));
    this.#enter({ type, entryTypes: [first, second], left: isMap ? count * 2 : count });
    return true;
  }

  #checkCount(count: number, leastEntryBytes: number): void {
    if (count < 0) throw new OutpostError('MESSAGE_MALFORMED', { reason: `a container has ${count} entries` });
    this.#entriesLeft -= count;
    if (this.#entriesLeft < 0) {
      throw new OutpostError('MESSAGE_LIMIT', { what: 'entries', size: count, limit: this.#limits.entries });
    }
    this.#checkSize(this.#position + count * leastEntryBytes);
  }
}
