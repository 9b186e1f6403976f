import { toBytes } from '../bytes.ts';
import { renderPretty } from '../render/pretty.ts';
import { sqlError } from '../result.ts';
import type { Shell } from '../shell.ts';
import { splitStatements } from '../statements.ts';

/** What a line starts with that asks for the types of a statement. The statement may go on over lines. */
export const typesPrefix = '.types ';

/** Prints the names and types of the columns of the statements of a text; an error goes to stdout, too. */
export const printTypes = async (shell: Shell, sql: string): Promise<void> => {
  try {
    const source = await shell.source();
    for (const { text, blank } of splitStatements(sql)) {
      if (blank) continue;
      const columns = await source.columns(text);
      const rows = columns.map(({ name, type }) => [toBytes(name), type === '' ? 'UNKNOWN' : type]);
      for (const bytes of renderPretty([{ columns: ['name', 'type'], rows }], '')) shell.results.write(bytes);
    }
  } catch (error) {
    const { exitCode, message } = sqlError(error);
    shell.print(`Error ${exitCode}: ${message}\n`);
  }
};
