import { codePoints } from '../bytes.ts';
import type { Cell } from '../cells.ts';
import type { ResultTable } from '../result.ts';
import { lastIndexes } from './names.ts';

const padded = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - codePoints(text)));

/** The values of a table for the columns of another, by name; a column it lacks and NULL become `nullvalue`. */
const projection = (
  table: ResultTable,
  names: readonly string[],
  nullvalue: string,
): ((row: readonly Cell[]) => string[]) => {
  const last = lastIndexes(table.columns);
  const indexes = names.map(name => last.get(name));
  return row => indexes.map(index => (index === undefined ? nullvalue : (row[index] ?? nullvalue)));
};

/**
 * The framed table: all rows of all statements in one, with the columns of the first statement that has rows. Nothing without rows.
 * Of two columns of one name both show the last value, as in osquery.
 */
export function* renderPretty(tables: readonly ResultTable[], nullvalue: string): Iterable<string> {
  const names = tables.find(table => table.rows.length > 0)?.columns;
  if (names === undefined) return;
  const rows = tables.flatMap(table => table.rows.map(projection(table, names, nullvalue)));
  const widths = names.map((name, index) => {
    return rows.reduce((width, row) => Math.max(width, codePoints(row[index] ?? '')), codePoints(name));
  });
  const border = `+${widths.map(width => '-'.repeat(width + 2)).join('+')}+\n`;
  const line = (values: readonly string[]): string =>
    `| ${values.map((value, index) => padded(value, widths[index] ?? 0)).join(' | ')} |\n`;
  yield border + line(names) + border;
  for (const row of rows) yield line(row);
  yield border;
}
