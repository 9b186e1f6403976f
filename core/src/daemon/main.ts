/** The entry of the daemon: decides which of its processes this one is. */
import { OutpostError } from '@outpost/protocol/errors';
import type { SupervisedProcesses } from '../extensions/supervised-processes.ts';
import { type FlagStore, parseFlags, programOf } from '../flags/index.ts';
import type { StatusLog } from '../status.ts';
import { workerVariable } from '../watchdog/messages.ts';
import type { WorkEnd } from './worker.ts';

/** How the daemon was called. */
export interface Invocation {
  /** The name, such as `outpostd` or `osqueryd`. */
  readonly name: string;
  readonly argv: readonly string[];
}

const runOnce = async (flags: FlagStore): Promise<number> => {
  const { checkConfig, dumpConfig } = await import('./check.ts');
  return flags.get('config_check') ? checkConfig(flags) : dumpConfig(flags);
};

const tellTrouble = (reason: string): void => void process.stderr.write(`${reason}\n`);

/** Ends a process that something keeps from ending by itself. @returns the exit code of another one */
const leave = async ({ code, hangs }: WorkEnd): Promise<number> => {
  if (hangs) (await import('../system.ts')).exitNow(code);
  return code;
};

/** A daemon without a watcher looks after its extensions itself. */
const runAlone = async (flags: FlagStore, notices: readonly string[]): Promise<number> => {
  const { runWorker } = await import('./worker.ts');
  const { holdPidfile } = await import('./watch.ts');
  const { superviseExtensions } = await import('../agent/supervision.ts');
  const { extensionLimits } = await import('../agent/limits.ts');
  const { serviceManager } = await import('../watchdog/service-manager.ts');
  const release = await holdPidfile(flags);
  let end: WorkEnd;
  try {
    const beside = (status: StatusLog, processes: SupervisedProcesses) => {
      const say = (severity: 0 | 1 | 2, source: string, message: string): void =>
        status.record({ severity, source, message, time: Date.now() });
      const supervisor = superviseExtensions(flags, say, {
        limits: extensionLimits(flags),
        onProcesses: all => processes.update(all),
      });
      return { stop: async (stopMs: number) => supervisor?.stop(stopMs) };
    };
    end = await runWorker(flags, notices, { beside, manager: serviceManager(process.env, tellTrouble) });
  } finally {
    release();
  }
  return leave(end);
};

/** What keeps a daemon from starting is told by this process: the one in the background has nobody to tell. */
const startInBackground = async (flags: FlagStore, argv: readonly string[]): Promise<number> => {
  const { holdPidfile } = await import('./watch.ts');
  const release = await holdPidfile(flags);
  release();
  return (await import('./background.ts')).startInBackground(argv);
};

const run = async (flags: FlagStore, notices: readonly string[], argv: readonly string[]): Promise<number> => {
  if (flags.get('database_dump'))
    return (await import('../toolbox/store-inspect.ts')).dumpStore(flags.get('database_path'));
  if (flags.get('config_check') || flags.get('config_dump')) return runOnce(flags);
  if (flags.get('daemonize')) return startInBackground(flags, argv);
  if (process.env[workerVariable] !== undefined)
    return leave(await (await import('./worker.ts')).runWorker(flags, notices));
  if (flags.get('disable_watchdog')) return runAlone(flags, notices);
  return (await import('./watch.ts')).runWatcher(flags, argv);
};

/** Runs the daemon. @returns the exit code */
export const main = async ({ name, argv }: Invocation): Promise<number> => {
  const parsed = parseFlags(argv, programOf(name, argv));
  if (parsed.kind === 'exit') {
    process.stdout.write(parsed.stdout);
    process.stderr.write(parsed.stderr);
    return parsed.code;
  }
  try {
    return await run(parsed.flags, parsed.notices, argv);
  } catch (error) {
    if (!(error instanceof OutpostError)) throw error;
    process.stderr.write(`${error.message} ${error.remedy}\n`);
    return 1;
  }
};
