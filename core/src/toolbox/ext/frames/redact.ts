import { FieldType, type Frame, type ThriftStructValue, type ThriftValue } from '@outpost/protocol';
import { registeredColumns } from './registration.ts';

/** What stands in the place of a secret. */
export const redactedText = '(redacted)';

/** Takes the values of some names out of messages: of columns, keys of requests, and keys within JSON. */
export class Redactor {
  readonly #names: readonly string[];
  readonly #columns = new Map<string, readonly string[]>();

  /** @param names parts of names, in whatever case; none leaves everything as it is */
  constructor(names: readonly string[]) {
    this.#names = names.map(name => name.toLowerCase());
  }

  /** The names whose values it takes out. */
  get names(): readonly string[] {
    return this.#names;
  }

  /** Learns from a registration which column is where in the rows that are written. */
  learn(frame: Frame): void {
    for (const [table, columns] of registeredColumns(frame)) this.#columns.set(table, columns);
  }

  /** The message without secrets. */
  redact(frame: Frame): Frame {
    if (this.#names.length === 0) return frame;
    const table = this.#tableOf(frame);
    return { ...frame, body: this.#struct(frame.body, this.#columns.get(table) ?? []) };
  }

  #isSecret(name: string): boolean {
    const lower = name.toLowerCase();
    return this.#names.some(part => lower.includes(part));
  }

  /** The table that a call goes to, which is its second argument. */
  #tableOf({ body }: Frame): string {
    const item = body.fields.find(([id]) => id === 2)?.[1];
    return item?.type === FieldType.string ? textOf(item.bytes) : '';
  }

  #struct(struct: ThriftStructValue, columns: readonly string[]): ThriftStructValue {
    return { ...struct, fields: struct.fields.map(([id, value]) => [id, this.#value(value, columns)] as const) };
  }

  #value(value: ThriftValue, columns: readonly string[]): ThriftValue {
    if (value.type === FieldType.string) return { ...value, bytes: this.#bytes(value.bytes) };
    if (value.type === FieldType.struct) return this.#struct(value, columns);
    if (value.type === FieldType.map)
      return {
        ...value,
        entries: value.entries.map(([key, entry]) => [key, this.#entry(key, entry, columns)] as const),
      };
    if (value.type === FieldType.list || value.type === FieldType.set)
      return { ...value, entries: value.entries.map(entry => this.#value(entry, columns)) };
    return value;
  }

  #entry(key: ThriftValue, entry: ThriftValue, columns: readonly string[]): ThriftValue {
    if (entry.type !== FieldType.string || key.type !== FieldType.string) return this.#value(entry, columns);
    const name = textOf(key.bytes);
    if (this.#isSecret(name)) return { ...entry, bytes: Buffer.from(redactedText) };
    if (name === 'json_value_array') return { ...entry, bytes: this.#valueArray(entry.bytes, columns) };
    return this.#value(entry, columns);
  }

  /** Text may be JSON; bytes that are no text may be anything, so they go. */
  #bytes(bytes: Buffer): Buffer {
    const text = textOf(bytes);
    if (text.includes('\ufffd')) return Buffer.alloc(0);
    return this.#json(text, value => this.#within(value)) ?? bytes;
  }

  #valueArray(bytes: Buffer, columns: readonly string[]): Buffer {
    const redacted = this.#json(textOf(bytes), value =>
      Array.isArray(value)
        ? value.map((entry, index) => (this.#isSecret(columns[index] ?? '') ? redactedText : entry))
        : value,
    );
    return redacted ?? bytes;
  }

  /** Changes a text that is JSON; undefined where it is none. */
  #json(text: string, change: (value: unknown) => unknown): Buffer | undefined {
    if (!/^\s*[[{]/.test(text)) return undefined;
    try {
      return Buffer.from(JSON.stringify(change(JSON.parse(text))));
    } catch {
      return undefined; // a text that only looks like JSON
    }
  }

  #within(value: unknown): unknown {
    if (typeof value === 'string') return this.#json(value, inner => this.#within(inner))?.toString() ?? value;
    if (Array.isArray(value)) return value.map(entry => this.#within(entry));
    if (typeof value !== 'object' || value === null) return value;
    const fields = Object.entries(value);
    const named = fields.find(([key]) => key === 'name')?.[1];
    const isConstraint = 'list' in value && typeof named === 'string' && this.#isSecret(named);
    return Object.fromEntries(
      fields.map(([key, entry]) => {
        if (this.#isSecret(key)) return [key, redactedText];
        return [key, isConstraint && key === 'list' ? redactedList(entry) : this.#within(entry)];
      }),
    );
  }
}

/** The constraints of a column without their values. */
const redactedList = (list: unknown): unknown =>
  Array.isArray(list) ? list.map(entry => ({ ...(entry as object), expr: redactedText })) : list;

const textOf = (bytes: Buffer): string => bytes.toString('utf8');
