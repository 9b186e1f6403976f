import type { BlockSpace } from './block-space.ts';
import { type ValueWriter, valueWriter } from './value-writers.ts';
import { type ColumnTypeCode, columnTypeCodes } from './values.ts';

/** A row as a generator yields it. */
export type WriterRow = Readonly<Record<string, unknown>>;

/** A column as the writer needs it: its name is the key of the row, its type decides how a value is written. */
export interface WriterColumn {
  readonly name: string;
  readonly type: ColumnTypeCode;
}

/** Writes a row at `at` and returns where it ends. */
type RowWriter = (space: BlockSpace, at: number, row: WriterRow) => number;

/** The header of an array of so many values; a table has 32,767 columns at most. */
const arrayHeader = (count: number): readonly number[] =>
  count < 16 ? [0x90 | count] : [0xdc, count >> 8, count & 0xff];

const loopWriter = (fields: readonly WriterColumn[]): RowWriter => {
  const header = arrayHeader(fields.length);
  const names = fields.map(({ name }) => name);
  const writers = fields.map(({ type }) => valueWriter(type));
  return (space, start, row) => {
    let at = start;
    for (const byte of header) space.buffer[at++] = byte;
    for (let index = 0; index < names.length; index++)
      at = (writers[index] as ValueWriter)(space, at, row[names[index] as string]);
    return at;
  };
};

/**
 * A loop over the fields, or a chain of closures, looks each name up by a hash and each writer up in turn: 255 ns for a row of ten
 * values where a function with names and writers written out takes 150. Only names go into the text of that function, as JSON
 * strings. Where the runtime forbids code from text, the loop stays.
 */
const compiledWriter = (fields: readonly WriterColumn[]): RowWriter => {
  const writers = [...new Set(fields.map(({ type }) => valueWriter(type)))];
  const header = arrayHeader(fields.length).map(byte => `space.buffer[at++] = ${byte};`);
  const values = fields.map(
    ({ name, type }) => `at = write${writers.indexOf(valueWriter(type))}(space, at, row[${JSON.stringify(name)}]);`,
  );
  const body = `return (space, at, row) => {\n${[...header, ...values].join('\n')}\nreturn at;\n};`;
  try {
    return new Function(...writers.keys().map(index => `write${index}`), body)(...writers) as RowWriter;
  } catch (error) {
    if (error instanceof EvalError) return loopWriter(fields);
    throw error;
  }
};

/** How the rows of a table are written for one set of used columns. */
export class RowLayout {
  /** How many values a row has. */
  readonly size: number;
  /** Writes a row at `at`, where the space has room, and returns where it ends. */
  write: RowWriter;
  readonly #fields: readonly WriterColumn[];
  #compiled = false;

  constructor(fields: readonly WriterColumn[]) {
    this.#fields = fields;
    this.size = fields.length;
    this.write = loopWriter(fields);
  }

  /** Makes writing quick. Costs about as much as some hundred rows, so it is for layouts that have proved to be in use. */
  compile(): void {
    if (this.#compiled) return;
    this.#compiled = true;
    this.write = compiledWriter(this.#fields);
  }
}

/** Layouts by the array of a table's columns: they live as long as it. */
const known = new WeakMap<readonly WriterColumn[], Map<string, RowLayout>>();
/** Most layouts that are kept of one table. */
const layoutLimit = 100;

/**
 * The layout of rows with some columns of a table; the same one for the same array of columns.
 * @param columns all columns of the table
 * @param used numbers of the columns to write, ascending
 * @param rowIdKey for a writable table: the key of the row under which its row id stands, which is written last
 */
export const layoutOf = (columns: readonly WriterColumn[], used: readonly number[], rowIdKey?: string): RowLayout => {
  const layouts = known.get(columns) ?? new Map<string, RowLayout>();
  known.set(columns, layouts);
  const key = `${used} ${rowIdKey ?? ''}`;
  const found = layouts.get(key);
  if (found !== undefined) return found;
  if (layouts.size >= layoutLimit) layouts.clear();
  const fields = used.flatMap(index => columns[index] ?? []);
  const rowId = rowIdKey === undefined ? [] : [{ name: rowIdKey, type: columnTypeCodes.BIGINT }];
  const layout = new RowLayout([...fields, ...rowId]);
  layouts.set(key, layout);
  return layout;
};
