import type { Cell } from '../cells.ts';
import type { ResultTable } from '../result.ts';
import { keysInOrder } from './names.ts';

const escapes: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

const escaped = (character: string): string =>
  escapes[character] ?? `\\u${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;

/** A byte string as a JSON string. Bytes above 0x7f pass as they are. */
export const jsonString = (bytes: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must be escaped
  `"${bytes.replace(/["\\\0-\x1f]/g, escaped)}"`;

/** @param number whether a number is meant; undefined where all values are strings */
const value = (cell: Cell, number: boolean | undefined, nullvalue: string): string => {
  if (cell === null && number !== undefined) return 'null';
  return number === true && cell !== null ? cell : jsonString(cell ?? nullvalue);
};

/** The members of each row, keys in byte order: `"key":SPACE"value"`. */
function* members(tables: readonly ResultTable[], nullvalue: string, space: string): Iterable<string[]> {
  for (const table of tables) {
    const keys = keysInOrder(table.columns).map(([name, index]) => [`${jsonString(name)}:${space}`, index] as const);
    for (const [at, row] of table.rows.entries())
      yield keys.map(([key, index]) => key + value(row[index] ?? null, table.numbers?.[at]?.[index], nullvalue));
  }
}

/** JSON, a row a line; all values are strings, unless numbers are asked for. Without rows, an array with an empty line in it. */
export function* renderJson(tables: readonly ResultTable[], nullvalue: string): Iterable<string> {
  let separator = '[\n';
  for (const row of members(tables, nullvalue, '')) {
    yield `${separator}  {${row.join(',')}}`;
    separator = ',\n';
  }
  yield separator === '[\n' ? '[\n\n]\n' : '\n]\n';
}

/** JSON, a member a line. */
export function* renderJsonPretty(tables: readonly ResultTable[], nullvalue: string): Iterable<string> {
  let separator = '[\n';
  for (const row of members(tables, nullvalue, ' ')) {
    yield `${separator}  {\n    ${row.join(',\n    ')}\n  }`;
    separator = ',\n';
  }
  yield separator === '[\n' ? '[]\n' : '\n]\n';
}
