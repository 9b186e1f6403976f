import { readFileSync } from 'node:fs';
import type { MetaOutcome } from './meta/command.ts';
import { runSql, runStatements } from './run.ts';
import type { Shell } from './shell.ts';

const exitCodeOf = (outcome: MetaOutcome): number => {
  if (outcome.kind === 'error') return outcome.exitCode;
  return outcome.kind === 'exit' ? outcome.code : 0;
};

const runQueryFile = async (shell: Shell, path: string): Promise<number> => {
  let sql: string;
  try {
    sql = readFileSync(path, 'utf8');
  } catch {
    shell.complain(`Error reading query file '${path}': Cannot open file for reading: ${path}\n`);
    return 1;
  }
  return runSql(shell, sql);
};

/** The SQL that `--profile` runs: the first line of stdin when that is no terminal, else the first positional. */
const profiledSql = async (shell: Shell, positional: string | undefined): Promise<string | undefined> => {
  if (shell.host.stdinIsTerminal) return positional;
  for await (const line of shell.host.stdinLines()) return line;
  return '';
};

const runProfile = async (shell: Shell, positional: string | undefined): Promise<number> => {
  const sql = await profiledSql(shell, positional);
  if (sql === undefined) {
    shell.complain('No query provided via stdin or args to profile...\n');
    return 2;
  }
  for (let count = shell.flags.get('profile'); count > 0; count -= 1) {
    const { error } = await runStatements(shell, sql);
    if (error === undefined) continue;
    shell.complain(`Query failed (${error.exitCode}): ${error.message}\n`);
    return error.exitCode;
  }
  return 0;
};

/** `--L`, `--A` and a positional meta command; undefined when none of them is given. Their modules are read only then. */
const runMetaSelected = async (shell: Shell, positional: string | undefined): Promise<number | undefined> => {
  const table = shell.flags.get('A');
  const line = shell.flags.get('query') === '' && shell.flags.get('query_file') === '' ? positional : undefined;
  if (shell.flags.get('L') || table !== '') {
    const { listTables, selectAll } = await import('./meta/tables.ts');
    return exitCodeOf(await (shell.flags.get('L') ? listTables(shell) : selectAll(shell, table)));
  }
  if (!line?.startsWith('.')) return undefined;
  const { runMeta } = await import('./meta/index.ts');
  return exitCodeOf(await runMeta(shell, line));
};

/** Runs what the command line asks for: the first thing that applies, in osquery's order. @returns the exit code */
export const runSelected = async (shell: Shell, positionals: readonly string[]): Promise<number> => {
  const { flags } = shell;
  const [positional] = positionals;
  if (flags.get('profile') > 0) return runProfile(shell, positional);
  const exitCode = await runMetaSelected(shell, positional);
  if (exitCode !== undefined) return exitCode;
  if (flags.get('query') !== '') return runSql(shell, flags.get('query'));
  if (flags.get('query_file') !== '') return runQueryFile(shell, flags.get('query_file'));
  if (positional !== undefined) return runSql(shell, positional);
  if (shell.host.stdinIsTerminal) {
    const { runInteractive } = await import('./input/interactive.ts');
    return runInteractive(shell);
  }
  const { runPiped } = await import('./input/piped.ts');
  return runPiped(shell);
};
