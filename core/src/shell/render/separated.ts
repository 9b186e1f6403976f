import type { ResultTable } from '../result.ts';

/** How list and CSV output look: separator, text for NULL, header or none. Byte strings. */
export interface SeparatedOptions {
  readonly separator: string;
  readonly nullvalue: string;
  readonly header: boolean;
}

function* separated(
  tables: readonly ResultTable[],
  { separator, nullvalue, header }: SeparatedOptions,
  field: (text: string) => string,
): Iterable<string> {
  for (const { columns, rows } of tables) {
    if (rows.length === 0) continue;
    if (header) yield `${columns.map(field).join(separator)}\n`;
    for (const row of rows) yield `${row.map(cell => (cell === null ? nullvalue : field(cell))).join(separator)}\n`;
  }
}

/** Values with a separator between them, as they are. */
export const renderList = (tables: readonly ResultTable[], options: SeparatedOptions): Iterable<string> =>
  separated(tables, options, text => text);

/**
 * Whether a CSV field needs quotes: when it is empty, holds white space, a quote, or anything that is not plain ASCII, or looks like the
 * separator. Of a separator of several bytes the field's start must equal it, and its first byte may be anywhere, as in SQLite's shell.
 */
const needsQuotes = (text: string, separator: string): boolean => {
  if (text === '' || /[\0-\x20"'\x7f-\xff]/.test(text)) return true;
  const first = separator[0];
  if (first === undefined || !text.includes(first)) return false;
  return separator.length === 1 || text.startsWith(separator);
};

/** CSV; the separator is the one that is set, a vertical bar unless told otherwise. */
export const renderCsv = (tables: readonly ResultTable[], options: SeparatedOptions): Iterable<string> =>
  separated(tables, options, text => (needsQuotes(text, options.separator) ? `"${text.replaceAll('"', '""')}"` : text));
