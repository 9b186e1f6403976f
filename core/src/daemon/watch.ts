import { getPriority, setPriority } from 'node:os';
import { extensionLimits, workerLimits } from '../agent/limits.ts';
import { statusOptions } from '../agent/status-options.ts';
import { superviseExtensions } from '../agent/supervision.ts';
import type { FlagStore } from '../flags/index.ts';
import { ownCommand } from '../runtime/programs.ts';
import { StatusLog } from '../status.ts';
import { killHolder, takePidfile } from '../watchdog/pidfile.ts';
import { Watcher } from '../watchdog/watcher.ts';

/** The nice value of the agent. */
const agentPriority = 10;

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

/** The agent's work is less urgent than that of the machine: watcher, worker and extensions run at nice 10, as osquery does. */
const stepBack = (): void => {
  if (getPriority() < agentPriority) setPriority(agentPriority);
};

/**
 * Runs the watcher: keeps worker and extensions running until it is asked to end.
 * @param argv the arguments of this process, which are the worker's too
 * @returns the exit code of the last worker
 */
export const runWatcher = async (flags: FlagStore, argv: readonly string[]): Promise<number> => {
  const release = await holdPidfile(flags);
  if (flags.get('watchdog_level') >= 0) stepBack();
  const printer = new StatusLog(statusOptions(flags));
  const watcher = new Watcher({
    program: ownCommand(['daemon', ...argv]),
    maxDelaySeconds: Number(flags.get('watchdog_max_delay')),
    stopSeconds: Math.max(1, Number(flags.get('alarm_timeout')) - reserveSeconds),
    limits: workerLimits(flags),
    graceSeconds: Number(flags.get('watchdog_delay')),
    forcedStopSeconds: Number(flags.get('watchdog_forced_shutdown_delay')),
    print: note => printer.record(note),
  });
  const supervisor = superviseExtensions(
    flags,
    (severity, source, message) => watcher.note(severity, source, message),
    { limits: extensionLimits(flags), onProcesses: processes => watcher.show(processes) },
  );
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => watcher.stop());
  for (const signal of ['SIGHUP', 'SIGUSR2'] as const) process.on(signal, () => watcher.signal(signal));
  try {
    return await watcher.run();
  } finally {
    await supervisor?.stop();
    release();
  }
};
