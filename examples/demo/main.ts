// `npm start`: the main job on this machine, in the foreground. `--seconds N` ends it by itself.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { ExtensionManagerClient, type PluginRow, unixEndpoint } from '@outpost/protocol';
import { demoDirectory, demoPaths } from './directory.ts';
import { externalTables } from './tables.ts';
import { tail } from './tail.ts';

const readySeconds = 30;
const say = (text: string): void => console.log(text);
const extensions = ['config', 'tables', 'logger', 'distributed'].map(name => join(import.meta.dirname, `${name}.ts`));

/** The demonstration that runs already, if one does. */
const runningPid = (): string | undefined => {
  if (!existsSync(demoPaths.pidfile)) return undefined;
  const pid = readFileSync(demoPaths.pidfile, 'utf8').trim();
  return existsSync(`/proc/${pid}/cmdline`) ? pid : undefined;
};

const prepare = (): void => {
  rmSync(demoDirectory, { recursive: true, force: true });
  for (const directory of [demoPaths.watched, join(demoPaths.spool, 'queries')])
    mkdirSync(directory, { recursive: true, mode: 0o700 });
  for (const file of [demoPaths.results, demoPaths.status]) writeFileSync(file, '');
  writeFileSync(demoPaths.autoload, `${extensions.join('\n')}\n`);
};

const startDaemon = (): ChildProcess => {
  const flags = [
    '--flagfile=',
    `--database_path=${demoPaths.database}`,
    `--pidfile=${demoPaths.pidfile}`,
    `--extensions_socket=${demoPaths.socket}`,
    `--extensions_autoload=${demoPaths.autoload}`,
    '--extensions_timeout=20',
    '--config_plugin=demo_config',
    '--logger_plugin=demo_logger',
    '--logger_min_stderr=1',
    '--disable_distributed=false',
    '--distributed_plugin=demo_distributed',
    '--distributed_interval=5',
    `--external_tables=${externalTables.join(',')}`,
    '--schedule_splay_percent=0',
  ];
  say(`starting outpostd with\n  ${flags.join('\n  ')}\n`);
  const command = join(import.meta.dirname, '..', '..', 'node_modules', '.bin', 'outpostd');
  return spawn(command, flags, {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, OUTPOST_DEMO: demoDirectory },
  });
};

/** Asks the agent over its socket, once: throws while it cannot answer. */
const ask = async (sql: string): Promise<readonly PluginRow[]> => {
  const client = await ExtensionManagerClient.connect(unixEndpoint(demoPaths.socket), { timeoutMs: 5000 });
  try {
    const { status, response } = await client.query(sql);
    if (status.code !== 0) throw new Error(status.message);
    return response;
  } finally {
    client.close();
  }
};

const processes = `
  select p.pid, p.parent, coalesce(e.name, case when p.pid = i.pid then 'worker' else 'watcher' end) as role, p.resident_size / 1048576 as mb
  from processes p join osquery_info i left join osquery_extensions e on p.cmdline like '%' || replace(e.name, 'demo_', 'demo/') || '.ts%' and e.name <> 'core'
  where p.pid in (i.pid, i.watcher) or (p.parent = i.watcher and e.name is not null)
  order by p.pid`;

const untilReady = async (signal: AbortSignal): Promise<readonly PluginRow[]> => {
  const deadline = performance.now() + readySeconds * 1000;
  for (let reason = ''; ; await delay(100, undefined, { signal })) {
    try {
      const registered = await ask("select name from osquery_extensions where type = 'extension'");
      if (registered.length === extensions.length) return await ask(processes);
      reason = `${registered.length} of ${extensions.length} extensions have registered`;
    } catch (error) {
      reason = (error as Error).message;
    }
    if (performance.now() > deadline) throw new Error(`The agent was not ready within ${readySeconds} s: ${reason}.`);
  }
};

const printResult = (line: string): void => {
  const { name, action, columns, snapshot } = JSON.parse(line) as Record<string, unknown>;
  say(`  ${String(action).padEnd(8)} ${String(name).padEnd(14)} ${JSON.stringify(columns ?? snapshot)}`);
};

/** Makes something happen on the machine that the schedule will notice. */
const disturb = async (signal: AbortSignal): Promise<void> => {
  for (let turn = 0; !signal.aborted; turn++) {
    const path = join(demoPaths.watched, `file-${turn % 3}.txt`);
    if (turn % 4 === 3) rmSync(path, { force: true });
    else writeFileSync(path, 'x'.repeat(turn + 1));
    spawn('sleep', ['6'], { stdio: 'ignore' });
    await delay(8000, undefined, { signal });
  }
};

const liveQuery = async (signal: AbortSignal): Promise<void> => {
  const sql = 'select name, version, codename from os_version';
  say(`\nlive query, dropped into ${demoPaths.spool}/queries: ${sql}`);
  const arriving = join(demoPaths.spool, 'live-1.sql');
  writeFileSync(arriving, sql);
  renameSync(arriving, join(demoPaths.spool, 'queries', 'live-1.sql'));
  const answer = join(demoPaths.spool, 'results', 'live-1.json');
  while (!existsSync(answer)) await delay(100, undefined, { signal });
  say(`  answer   ${readFileSync(answer, 'utf8').trim()}\n`);
};

const ignoreAbort = (error: unknown): void => {
  if ((error as Error).name !== 'AbortError') throw error;
};

const readArguments = (): { readonly seconds?: string } => {
  try {
    return parseArgs({ options: { seconds: { type: 'string' } } }).values;
  } catch (error) {
    console.error(`${(error as Error).message} The one option there is: --seconds N.`);
    process.exit(2);
  }
};

const values = readArguments();
const seconds = values.seconds === undefined ? undefined : Number(values.seconds);
if (seconds !== undefined && !(seconds > 0)) {
  console.error(`--seconds takes a number above 0, not ${values.seconds}.`);
  process.exit(2);
}

const other = runningPid();
if (other !== undefined) {
  console.error(`A demonstration is running already: its outpostd has the pid ${other}.`);
  process.exit(1);
}

const end = new AbortController();
const stop = (): void => end.abort();
process.on('SIGINT', stop);
process.on('SIGTERM', stop);
prepare();
const daemon = startDaemon();
const ended = once(daemon, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
void ended.then(stop);
try {
  const running = await untilReady(end.signal);
  say('running:');
  for (const { pid, parent, role, mb } of running)
    say(`  pid ${pid?.padEnd(8)} parent ${parent?.padEnd(8)} ${role?.padEnd(18)} ${mb} MB`);
  say(`\nwhat changes, as the logger extension writes it to ${demoPaths.results}:`);
  const follower = tail(demoPaths.results, printResult);
  if (seconds !== undefined) setTimeout(stop, seconds * 1000).unref();
  await Promise.all([disturb(end.signal), liveQuery(end.signal)]).catch(ignoreAbort);
  follower.close();
} catch (error) {
  if ((error as Error).name !== 'AbortError') {
    console.error((error as Error).message);
    process.exitCode = 1;
  }
}
say('\nstopping …');
daemon.kill('SIGTERM');
const [code, signal] = await ended;
say(`outpostd has ended (${signal ?? `exit code ${code}`}); what it wrote is in ${demoDirectory}`);
if (code !== 0) process.exitCode = 1;
