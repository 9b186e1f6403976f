import { mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { externalTables } from '../../examples/demo/tables.ts';
import { repositoryFile, type Sandbox, type Started, until } from './harness.ts';

/** The extensions of the main job. */
export const extensionNames = ['demo_config', 'demo_distributed', 'demo_logger', 'demo_tables'];

/** Starts the main job: a daemon with configuration, tables, logger and live queries each in an extension process. */
export const startMainJob = (sandbox: Sandbox, ...flags: string[]): Started => {
  for (const directory of ['watched', join('spool', 'queries')])
    mkdirSync(sandbox.path(directory), { recursive: true, mode: 0o700 });
  const programs = ['config', 'tables', 'logger', 'distributed'].map(name =>
    repositoryFile('examples', 'demo', `${name}.ts`),
  );
  const autoload = sandbox.write('extensions.load', `${programs.join('\n')}\n`);
  return sandbox.daemon(
    `--extensions_autoload=${autoload}`,
    '--config_plugin=demo_config',
    '--logger_plugin=demo_logger',
    '--disable_distributed=false',
    '--distributed_plugin=demo_distributed',
    '--distributed_interval=1',
    `--external_tables=${externalTables.join(',')}`,
    ...flags,
  );
};

/** Waits until all extensions are there. */
export const extensionsReady = (sandbox: Sandbox): Promise<unknown> =>
  until('all extensions', async () => {
    const rows = await sandbox.ask("select name from osquery_extensions where type = 'extension' order by name");
    return rows.map(({ name }) => name).join() === extensionNames.join() ? true : undefined;
  });

/** The pid of an extension's process. */
export const extensionPid = (sandbox: Sandbox, name: string): Promise<number> =>
  until(`a process of the extension ${name}`, async () => {
    const file = repositoryFile('examples', 'demo', `${name}.ts`);
    const rows = await sandbox.ask(`select pid, parent, cmdline from processes where cmdline like '%${file}%'`);
    const ours = new Set(sandbox.processes());
    return rows.map(({ pid }) => Number(pid)).find(pid => ours.has(pid));
  });

/** Puts a live query into the spool. */
export const askLive = (sandbox: Sandbox, name: string, sql: string): void => {
  renameSync(sandbox.write(`${name}.sql`, sql), sandbox.path('spool', 'queries', `${name}.sql`));
};
