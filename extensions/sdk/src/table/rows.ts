import { OutpostError, type PluginRow } from '@outpost/protocol';
import { bytesToText, jsonString, textToBytes } from './bytes.ts';
import type { ColumnSchema, Row, SqlValue, TableSchema } from './schema.ts';

function integerText(value: number | bigint): string {
  if (typeof value === 'bigint') return value.toString();
  if (Number.isSafeInteger(value)) return String(value);
  return Number.isFinite(value) ? BigInt(Math.trunc(value)).toString() : '';
}

function doubleText(value: number): string {
  if (Number.isFinite(value)) return Object.is(value, -0) ? '-0.0' : String(value);
  return Number.isNaN(value) ? '' : value > 0 ? 'inf' : '-inf';
}

/** A value as the map of a row holds it; undefined when the column's type cannot hold it. */
function fieldText({ type }: ColumnSchema, value: unknown): string | undefined {
  switch (type) {
    case 'TEXT':
      return typeof value === 'string' ? value : undefined;
    case 'DOUBLE':
      return typeof value === 'number' ? doubleText(value) : typeof value === 'bigint' ? value.toString() : undefined;
    case 'BLOB':
      if (typeof value === 'string') return value;
      return value instanceof Uint8Array ? bytesToText(value) : undefined;
    default:
      return typeof value === 'number' || typeof value === 'bigint' ? integerText(value) : undefined;
  }
}

/**
 * Makes the encoder of a table's rows into string maps: numbers in decimal, NULL and NaN as empty text (which number columns read
 * as NULL). A column that the row leaves out is left out; columns of other platforms always are.
 *
 * @throws OutpostError ROW_VALUE_INVALID (the encoder) for a value that its column cannot hold.
 */
export function rowEncoder(schema: TableSchema): (row: Row) => PluginRow {
  const columns = schema.columns.filter(column => !column.foreign);
  return row => {
    const fields: PluginRow = {};
    if (row.rowid !== undefined && row.rowid !== null) fields.rowid = integerText(row.rowid);
    for (const column of columns) {
      const value: unknown = row[column.name];
      if (value === undefined) continue;
      fields[column.name] = value === null ? '' : (fieldText(column, value) ?? refuse(schema, column, value));
    }
    return fields;
  };
}

function refuse(schema: TableSchema, column: ColumnSchema, value: unknown): never {
  const described =
    typeof value === 'object'
      ? `an object (${Object.prototype.toString.call(value)})`
      : `${typeof value} ${String(value)}`;
  throw new OutpostError('ROW_VALUE_INVALID', {
    table: schema.name,
    column: column.name,
    type: column.type,
    value: described,
  });
}

/** An integer of JSON as it is written, however long; other numbers as doubles. */
function exactNumber(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  const source = context?.source;
  if (typeof value !== 'number' || Number.isSafeInteger(value) || source === undefined) return value;
  return /^-?\d+$/.test(source) ? BigInt(source) : value;
}

/**
 * Reads the `json_value_array` of an insert or update: the values of all columns in order, then nulls for the column aliases.
 *
 * @throws SyntaxError when the text is not a JSON array.
 */
export function decodeValueArray(schema: TableSchema, json: string): Row {
  const values: unknown = JSON.parse(json, exactNumber);
  if (!Array.isArray(values)) throw new SyntaxError('json_value_array is not an array.');
  return Object.fromEntries(schema.columns.map((column, index) => [column.name, written(column, values[index])]));
}

function written({ type }: ColumnSchema, value: unknown): Row[string] {
  if (typeof value === 'string') return type === 'BLOB' ? textToBytes(value) : value;
  return typeof value === 'number' || typeof value === 'bigint' ? value : null;
}

/** The `json_value_array` of values in column order: integers exact, bytes as they are. */
export function encodeValueArray(values: readonly SqlValue[]): string {
  const texts = values.map(value => {
    if (typeof value === 'bigint') return value.toString();
    if (value instanceof Uint8Array) return jsonString(bytesToText(value));
    return typeof value === 'string' ? jsonString(value) : JSON.stringify(value);
  });
  return `[${texts.join(',')}]`;
}
