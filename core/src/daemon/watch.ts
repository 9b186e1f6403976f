import { existsSync } from 'node:fs';
import { getPriority, setPriority } from 'node:os';
import { extensionLimits, workerLimits } from '../agent/limits.ts';
import { statusOptions } from '../agent/status-options.ts';
import { superviseExtensions } from '../agent/supervision.ts';
import { checkProgram } from '../extensions/program.ts';
import type { FlagStore } from '../flags/index.ts';
import { ownCommand, ownFiles } from '../runtime/programs.ts';
import { StatusLog } from '../status.ts';
import { idleIo, reduceMemory } from '../system.ts';
import { respawnSeconds } from '../watchdog/limits.ts';
import { killHolder, takePidfile } from '../watchdog/pidfile.ts';
import { RecordFile } from '../watchdog/record-file.ts';
import { type ServiceManager, serviceManager } from '../watchdog/service-manager.ts';
import { type Refusal, Watcher, type WatcherOptions } from '../watchdog/watcher.ts';
import { onEndingSignal, startCountdown } from './ending.ts';

/** The nice value of the agent. */
const agentPriority = 10;

/** What flags decide of a watcher. */
type WatcherFlags = Omit<WatcherOptions, 'program' | 'environment' | 'verify' | 'record' | 'print' | 'onState'>;

/** Seconds of `--alarm_timeout` that are left for the watcher's own end. */
const reserveSeconds = 4;

/**
 * Takes the pid file, unless flags say that there is none; with `--force` from another agent, which is killed.
 * @returns what gives it back
 * @throws OutpostError PIDFILE_HELD, PIDFILE_UNUSABLE
 */
export const holdPidfile = async (flags: FlagStore): Promise<() => void> => {
  const path = flags.get('pidfile');
  if (flags.get('ephemeral') || path === '') return () => undefined;
  if (flags.get('force')) await killHolder(path);
  return takePidfile(path);
};

/** The agent's work is less urgent than that of the machine: watcher, worker and extensions run at nice 10 and take the disk when nobody else wants it, as osquery does. */
const stepBack = (): void => {
  if (getPriority() < agentPriority) setPriority(agentPriority);
  try {
    idleIo();
  } catch (error) {
    process.stderr.write(`The priority at the disk cannot be lowered: ${(error as Error).message}.\n`);
  }
};

/** Why the worker's program must not be started, by the rules for extensions: whoever may write it could run as this user. */
const verifier =
  (flags: FlagStore, paths: readonly string[]): (() => Refusal | undefined) =>
  () => {
    const { name } = flags.program;
    const missing = paths.find(path => !existsSync(path));
    if (missing !== undefined) return { message: `${name} doesn't exist in: ${missing}.`, final: false };
    const faults = paths.flatMap(path => checkProgram(path, { allowUnsafe: flags.get('allow_unsafe') }));
    if (faults.length === 0) return undefined;
    const reasons = faults.map(({ program, fault, repair }) => `${program}: ${fault}. Repair: ${repair}`);
    return { message: `${name} has unsafe permissions: ${reasons.join('; ')}`, final: true };
  };

/** Makes the record of what runs, if there is room for it. */
const makeRecord = (printer: StatusLog): RecordFile | undefined => {
  try {
    return RecordFile.make();
  } catch (error) {
    const reason = (error as Error).message;
    printer.warning(
      'watcher',
      `There is no room to record what the worker runs, and no telling when it dies: ${reason}`,
    );
    return undefined;
  }
};

const watcherFlags = (flags: FlagStore): WatcherFlags => ({
  maxDelaySeconds: Number(flags.get('watchdog_max_delay')),
  respawnSeconds: respawnSeconds(flags.get('watchdog_level')),
  stopSeconds: Math.max(1, Number(flags.get('alarm_timeout')) - reserveSeconds),
  limits: workerLimits(flags),
  graceSeconds: Number(flags.get('watchdog_delay')),
  forcedStopSeconds: Number(flags.get('watchdog_forced_shutdown_delay')),
  debug: flags.get('enable_watchdog_debug') && flags.get('verbose'),
});

/** When the worker has served so long, the watcher settles down, milliseconds. */
const settleMs = 1000;
/** V8 drops the code of functions that were not called between as many collections of garbage. */
const collections = 3;

/** Gives back what starting took: garbage, and code that is not run again. V8 would not look for it in a process that does next to nothing. */
const settleDown = (): void => {
  for (let left = collections; left > 0; left--) reduceMemory();
};

/** Tells the service manager how the worker is; once it serves, this process has nothing to do any more. */
const teller =
  (manager: ServiceManager): NonNullable<WatcherOptions['onState']> =>
  (state, text) => {
    const first = { ready: ['READY=1'], restarting: [], stopping: ['STOPPING=1'] } as const;
    manager.tell(...first[state], `STATUS=${text}`);
    if (state === 'ready') setTimeout(settleDown, settleMs).unref();
  };

/**
 * Runs the watcher: keeps worker and extensions running until it is asked to end.
 * @param argv the arguments of this process, which are the worker's too
 * @returns the exit code of the last worker, or the watcher's own
 */
export const runWatcher = async (flags: FlagStore, argv: readonly string[]): Promise<number> => {
  const release = await holdPidfile(flags);
  if (flags.get('watchdog_level') >= 0) stepBack();
  const printer = new StatusLog(statusOptions(flags));
  const manager = serviceManager(process.env, reason => printer.warning('watcher', reason));
  const program = ownCommand(['daemon', ...argv]);
  const watcher = new Watcher({
    ...watcherFlags(flags),
    program,
    environment: flags.get('disable_extensions') ? {} : { OSQUERY_EXTENSIONS: 'true' },
    verify: verifier(flags, ownFiles()),
    record: makeRecord(printer),
    print: note => printer.record(note),
    onState: teller(manager),
  });
  const supervisor = superviseExtensions(
    flags,
    (severity, source, message) => watcher.note(severity, source, message),
    { limits: extensionLimits(flags), onProcesses: processes => watcher.show(processes) },
  );
  let leftMs = startCountdown();
  onEndingSignal(() => {
    leftMs = startCountdown();
    watcher.stop();
  });
  for (const signal of ['SIGHUP', 'SIGUSR2'] as const)
    process.on(signal, () => {
      if (signal === 'SIGHUP') manager.reloading();
      watcher.signal(signal);
    });
  try {
    return await watcher.run();
  } finally {
    await supervisor?.stop(leftMs());
    release();
  }
};
