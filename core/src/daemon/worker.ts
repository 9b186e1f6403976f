import { OutpostError } from '@outpost/protocol';
import type { FlagStore } from '../flags/index.ts';
import { StatusLog } from '../status.ts';
import { workerVariable } from '../watchdog/messages.ts';
import { openWorkerLink, type WorkerLink } from '../watchdog/worker-link.ts';
import { Agent } from './agent.ts';
import { EndRequest } from './ending.ts';
import { statusOptions } from './settings.ts';

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

/**
 * Runs the daemon's work until it is asked to end.
 * @param beside what else lives as long as the work: the extensions of a daemon without a watcher
 * @returns the exit code: 0, or 78 when the agent cannot work
 */
export const runWorker = async (
  flags: FlagStore,
  notices: readonly string[],
  beside?: (status: StatusLog) => { stop(): Promise<void> },
): Promise<number> => {
  const status = new StatusLog(statusOptions(flags));
  const end = new EndRequest().onSignals();
  for (const notice of notices) status.warning('flags', notice);
  const watched = process.env[workerVariable] !== undefined;
  const link: WorkerLink | undefined = watched
    ? openWorkerLink(status, () => end.ask('the watcher has gone'))
    : undefined;
  const companion = beside?.(status);
  let wedged = false;
  try {
    const agent = await Agent.start(flags, status, {
      signal: end.signal,
      onScheduleOver: () => end.ask('the schedule is over'),
      onWedged: () => {
        wedged = true;
        status.error(
          'engine',
          'Query threads hang in system calls and cannot be ended; this process ends itself and is started again.',
        );
        end.ask('query threads hang', 1);
      },
    });
    link?.ready();
    status.info('daemon', `${flags.program.name} has started`);
    // Timers of the schedule do not keep a process alive; this one does, until it is asked to end.
    const alive = setInterval(() => undefined, 1 << 30);
    const { reason, code } = await end.asked;
    clearInterval(alive);
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
