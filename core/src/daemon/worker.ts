import { OutpostError } from '@outpost/protocol';
import { statusOptions } from '../agent/status-options.ts';
import { killOrphans } from '../extensions/orphans.ts';
import { SupervisedProcesses } from '../extensions/supervised-processes.ts';
import type { FlagStore } from '../flags/index.ts';
import { StatusLog } from '../status.ts';
import { workerVariable } from '../watchdog/messages.ts';
import { openWorkerLink, type WorkerLink } from '../watchdog/worker-link.ts';
import { Agent } from './agent.ts';
import { EndRequest } from './ending.ts';

/** The exit code by which a worker says that starting it again would not help. */
const catastrophic = 78;

const describe = (error: unknown): string =>
  error instanceof OutpostError
    ? `${error.message} ${error.remedy}`
    : error instanceof Error
      ? (error.stack ?? error.message)
      : String(error);

/** Ends a process whose threads hang in system calls: they keep it from ending in any other way. */
const endByForce = (): void => {
  process.kill(process.pid, 'SIGKILL');
};

/** Ends the process when it takes longer to stop than `--alarm_timeout` allows; under a watcher that one is a little quicker. */
const armAlarm = (seconds: number, status: StatusLog): void => {
  setTimeout(() => {
    status.error('daemon', `Stopping took longer than ${seconds} s (--alarm_timeout); the process is killed.`);
    endByForce();
  }, seconds * 1000).unref();
};

const wedgedText =
  'Query threads hang in system calls and cannot be ended; this process ends itself and is started again.';

/** Timers of the schedule do not keep a process alive; one without a purpose does, until there is an end. */
const staysAliveUntil = async <T>(asked: Promise<T>): Promise<T> => {
  const alive = setInterval(() => undefined, 1 << 30);
  try {
    return await asked;
  } finally {
    clearInterval(alive);
  }
};

/**
 * Runs the daemon's work until it is asked to end.
 * @param beside what else lives as long as the work: the extensions of a daemon without a watcher
 * @returns the exit code: 0, or 78 when the agent cannot work
 */
export const runWorker = async (
  flags: FlagStore,
  notices: readonly string[],
  beside?: (status: StatusLog, processes: SupervisedProcesses) => { stop(): Promise<void> },
): Promise<number> => {
  const status = new StatusLog(statusOptions(flags));
  const end = new EndRequest().onSignals();
  end.signal.addEventListener('abort', () => armAlarm(flags.get('alarm_timeout'), status), { once: true });
  for (const notice of notices) status.warning('flags', notice);
  const processes = new SupervisedProcesses(status);
  let agent: Agent | undefined;
  const watched = process.env[workerVariable] !== undefined;
  const link: WorkerLink | undefined = watched
    ? openWorkerLink(status, {
        onWatcherGone: () => {
          killOrphans(flags.get('extensions_socket'), Number(process.env[workerVariable]));
          end.ask('the watcher has gone');
        },
        onPressure: message => agent?.relieve(message),
        onLimit: message => agent?.blame(message),
        onProcesses: all => processes.update(all),
      })
    : undefined;
  const companion = beside?.(status, processes);
  let wedged = false;
  const onWedged = (): void => {
    wedged = true;
    status.error('engine', wedgedText);
    end.ask('query threads hang', 1);
  };
  try {
    const onScheduleOver = (): void => end.ask('the schedule is over');
    agent = await Agent.start(flags, status, { signal: end.signal, onScheduleOver, onWedged, processes });
    link?.ready();
    status.info('daemon', `${flags.program.name} has started`);
    const { reason, code } = await staysAliveUntil(end.asked);
    status.info('daemon', `${flags.program.name} ends: ${reason}`);
    await agent.stop();
    if (wedged) endByForce();
    return code;
  } catch (error) {
    if (end.signal.aborted && error === end.signal.reason) {
      const { reason, code } = await end.asked;
      status.info('daemon', `${flags.program.name} ends before it has started: ${reason}`);
      return code;
    }
    status.error('daemon', describe(error));
    return catastrophic;
  } finally {
    await companion?.stop();
    link?.close();
  }
};
