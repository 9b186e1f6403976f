import type { ResultTable } from '../result.ts';

/** Each value on a line of its own after the name of its column; an empty line between rows. */
export function* renderLine(tables: readonly ResultTable[], nullvalue: string): Iterable<string> {
  for (const { columns, rows } of tables) {
    const width = Math.max(5, ...columns.map(name => name.length));
    const heads = columns.map(name => `${name.padStart(width)} = `);
    for (const [number, row] of rows.entries()) {
      const lines = heads.map((head, index) => `${head}${row[index] ?? nullvalue}\n`);
      yield (number === 0 ? '' : '\n') + lines.join('');
    }
  }
}
