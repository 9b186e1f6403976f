import { cutAtNul } from './canonical.ts';
import { distinctColumns, sortedColumns } from './columns.ts';
import { doubleNumber, doubleText } from './double-text.ts';
import { arrayHead, valueType } from './encoding.ts';
import { decodeText, escapeText, jsonText } from './escape.ts';
import { RowReader } from './row-reader.ts';

/** How the values of a row are written into a line. */
export interface PrintOptions {
  /** `--logger_numerics`: numbers as JSON numbers instead of strings. */
  readonly numerics: boolean;
  /** `--nullvalue`: what NULL is shown as. */
  readonly nullText: string;
  /** Whether control characters are written as `\xHH`, as differential results do. */
  readonly escapeControls: boolean;
}

/** Writes encoded rows as JSON objects: columns in the byte order of their names, the last of several with one name. */
export class RowPrinter {
  readonly #columns: readonly string[];
  readonly #options: PrintOptions;
  readonly #order: readonly number[];
  readonly #keys: readonly string[];
  readonly #namesLength: number;
  /** The size of what was printed, as `osquery_schedule` counts it. */
  size = 0;

  constructor(columns: readonly string[], options: PrintOptions) {
    this.#columns = columns;
    this.#options = options;
    this.#order = sortedColumns(columns);
    this.#keys = this.#order.map((column, place) => `${place === 0 ? '' : ','}${jsonText(columns[column] ?? '')}:`);
    this.#namesLength = Buffer.byteLength(
      distinctColumns(columns)
        .map(column => columns[column])
        .join(''),
    );
  }

  /** The rows of a block, one after another. */
  *rows(block: Uint8Array): Generator<string> {
    const reader = new RowReader(block, this.#columns.length);
    const { count, next } = arrayHead(block, 0);
    reader.end = next;
    for (let row = 0; row < count; row++) {
      reader.next();
      this.size += this.#namesLength;
      yield this.#row(reader);
    }
  }

  #row(reader: RowReader): string {
    let line = '{';
    for (let place = 0; place < this.#order.length; place++)
      line += this.#keys[place] + this.#value(reader, this.#order[place] ?? 0);
    return `${line}}`;
  }

  #value(reader: RowReader, column: number): string {
    const { numerics, nullText, escapeControls } = this.#options;
    switch (reader.type(column)) {
      case valueType.integer: {
        this.size += 8;
        const text = String(reader.integer(column));
        return numerics ? text : `"${text}"`;
      }
      case valueType.double: {
        this.size += 8;
        const value = reader.double(column);
        return numerics ? doubleNumber(value) : `"${doubleText(value)}"`;
      }
      case valueType.nil:
        this.size += Buffer.byteLength(nullText);
        return jsonText(nullText);
      default: {
        const content = cutAtNul(reader.content(column));
        this.size += content.length;
        return jsonText(escapeControls ? escapeText(content) : decodeText(content));
      }
    }
  }
}
