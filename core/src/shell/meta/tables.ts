import { runAndPrint } from '../run.ts';
import type { Shell } from '../shell.ts';
import { done, failed, type MetaCommand, type MetaOutcome } from './command.ts';

const namesWith = async (shell: Shell, prefix: string): Promise<string[]> => {
  const { catalog } = await shell.local();
  await catalog.complete();
  return catalog
    .names()
    .filter(name => name.startsWith(prefix))
    .sort();
};

/** Prints everything in a table. */
export const selectAll = async (shell: Shell, table: string): Promise<MetaOutcome> => {
  const error = await runAndPrint(shell, `SELECT * FROM ${table}`);
  return error === undefined ? done : failed(shell, `Error querying table: ${table}`, error.exitCode);
};

/** Prints the names of all tables that start with a prefix. */
export const listTables = async (shell: Shell, prefix = ''): Promise<MetaOutcome> => {
  for (const name of await namesWith(shell, prefix)) shell.print(`  => ${name}\n`);
  return done;
};

const schema = async (shell: Shell, prefix = ''): Promise<MetaOutcome> => {
  const { catalog } = await shell.local();
  const { declarationOf } = await import('../../engine/declaration.ts'); // brings the protocol, which nothing else here needs
  for (const name of await namesWith(shell, prefix)) {
    const found = await catalog.schema(name);
    if (found !== undefined) shell.print(`${declarationOf(found)};\n`);
  }
  return done;
};

/** `.all`. */
export const allCommand: MetaCommand = {
  name: 'all',
  least: 1,
  words: [1, 1],
  usage: 'TABLE',
  help: 'Select everything from a table',
  run: (shell, [table = '']) => selectAll(shell, table),
};

/** `.schema`. */
export const schemaCommand: MetaCommand = {
  name: 'schema',
  least: 1,
  words: [0, 1],
  usage: '[PREFIX]',
  help: 'Show the columns of tables whose names start so',
  run: (shell, [prefix]) => schema(shell, prefix),
};

/** `.tables` and its other name, `.list`. */
export const tablesCommands: readonly MetaCommand[] = ['tables', 'list'].map(name => ({
  name,
  least: 2,
  words: [0, 1],
  usage: '[PREFIX]',
  help: 'List the tables whose names start so',
  run: (shell, [prefix]) => listTables(shell, prefix),
}));
