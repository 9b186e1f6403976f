import type { ResultTable } from '../result.ts';

/** The most dashes under a header; blanks follow. */
const dashLimit = 93;

const fitted = (text: string, width: number): string => {
  const size = Math.abs(width);
  const cut = text.slice(0, size);
  return width < 0 ? cut.padStart(size) : cut.padEnd(size);
};

/** Columns of a fixed width, which the first row decides where none is set. Widths count bytes; longer values are cut. */
export function* renderColumn(
  tables: readonly ResultTable[],
  options: { readonly widths: readonly number[]; readonly nullvalue: string; readonly header: boolean },
): Iterable<string> {
  const { nullvalue, header } = options;
  for (const { columns, rows } of tables) {
    const [first] = rows;
    if (first === undefined) continue;
    const widths = columns.map((name, index) => {
      return options.widths[index] || Math.max(10, name.length, (first[index] ?? nullvalue).length);
    });
    const line = (texts: readonly string[]): string =>
      `${texts.map((text, index) => fitted(text, widths[index] ?? 0)).join('  ')}\n`;
    if (header) {
      yield line(columns);
      yield line(widths.map(width => '-'.repeat(Math.min(Math.abs(width), dashLimit))));
    }
    for (const row of rows) yield line(row.map(cell => cell ?? nullvalue));
  }
}
