import { OutpostError } from '@outpost/protocol';
import { statusOptions } from '../agent/status-options.ts';
import type { EngineRecord, HungQuery } from '../engine/query-thread-handle.ts';
import { killOrphans } from '../extensions/orphans.ts';
import { SupervisedProcesses } from '../extensions/supervised-processes.ts';
import type { FlagStore } from '../flags/index.ts';
import { StatusLog } from '../status.ts';
import { mapFile, reduceMemory } from '../system.ts';
import { takeLastEnd } from '../watchdog/last-end.ts';
import { workerVariable } from '../watchdog/messages.ts';
import { hasRecord, recordDescriptor } from '../watchdog/record-file.ts';
import { RunRecord, recordBytes } from '../watchdog/run-record.ts';
import type { ServiceManager } from '../watchdog/service-manager.ts';
import { openWorkerLink, type WorkerLink } from '../watchdog/worker-link.ts';
import { Agent } from './agent.ts';
import { EndRequest, startCountdown } from './ending.ts';
import type { Restraint } from './restraint.ts';

/** The exit code by which a worker says that starting it again would not help. */
const catastrophic = 78;

/** Whether a plugin that the flags name cannot be used: osquery ends with the same code then, under a watcher or not. */
const isOfPlugins = (error: unknown): boolean => error instanceof OutpostError && error.code === 'PLUGIN_NOT_ACTIVATED';

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

const wedgedText = (hung: readonly HungQuery[]): string => {
  const queries = hung.map(({ name, table }) => (table === undefined ? name : `${name} in the table ${table}`));
  return `The threads of these queries hang in system calls and cannot be ended: ${queries.join('; ')}.`;
};

/** Timers of the schedule do not keep a process alive; one without a purpose does, until there is an end. */
const staysAliveUntil = async <T>(asked: Promise<T>): Promise<T> => {
  const alive = setInterval(() => undefined, 1 << 30);
  try {
    return await asked;
  } finally {
    clearInterval(alive);
  }
};

/** What lives as long as the agent's work. */
interface Companion {
  stop(stopMs: number): Promise<void>;
}

/** How the work has ended. */
export interface WorkEnd {
  /** The exit code. */
  readonly code: number;
  /** Whether something is left that keeps the process from ending. */
  readonly hangs: boolean;
}

/** What a process of the daemon is beside the agent's work. */
export interface WorkerSurroundings {
  /** What else lives as long as the work: the extensions of a daemon without a watcher. */
  readonly beside?: (status: StatusLog, processes: SupervisedProcesses) => Companion;
  /** Is told how the work goes, when there is no watcher to tell it. */
  readonly manager?: ServiceManager;
}

/** The record that a watcher has given this process, if it has. */
const givenRecord = (): EngineRecord | undefined =>
  hasRecord()
    ? { descriptor: recordDescriptor, runs: new RunRecord(mapFile(recordDescriptor, recordBytes)) }
    : undefined;

/** The daemon's work in this process, from the start of the agent to its end. */
class Work {
  readonly #flags: FlagStore;
  readonly #status: StatusLog;
  readonly #end = new EndRequest().onSignals();
  readonly #processes: SupervisedProcesses;
  readonly #manager: ServiceManager | undefined;
  readonly #link: WorkerLink | undefined;
  readonly #companion: Companion | undefined;
  #agent: Agent | undefined;
  #restraint: Restraint | undefined;
  #leftMs = startCountdown();
  /** Why the process cannot end in good order. */
  #wedged: string | undefined;

  constructor(flags: FlagStore, status: StatusLog, { beside, manager }: WorkerSurroundings) {
    this.#flags = flags;
    this.#status = status;
    this.#manager = manager;
    this.#processes = new SupervisedProcesses(status);
    this.#end.signal.addEventListener('abort', () => this.#ends(), { once: true });
    const watcher = process.env[workerVariable];
    if (watcher !== undefined) {
      // As osquery has it, ps shows the arguments with the watcher alone.
      process.title = flags.program.name;
      this.#link = this.#openLink(Number(watcher));
    }
    this.#companion = beside?.(status, this.#processes);
  }

  async run(): Promise<WorkEnd> {
    const { program } = this.#flags;
    try {
      await this.#start();
      this.#status.info('daemon', `${program.name} has started`);
      const { reason, code } = await staysAliveUntil(this.#end.asked);
      this.#status.info('daemon', `${program.name} ends: ${reason}`);
      const whole = await this.#agent?.stop();
      if (this.#wedged !== undefined) await this.#endByForce(this.#wedged);
      return { code, hangs: whole === false };
    } catch (error) {
      const { signal, asked } = this.#end;
      if (signal.aborted && error === signal.reason) {
        const { reason, code } = await asked;
        this.#status.info('daemon', `${program.name} ends before it has started: ${reason}`);
        return { code, hangs: false };
      }
      this.#status.error('daemon', describe(error));
      return { code: this.#link === undefined && !isOfPlugins(error) ? 1 : catastrophic, hangs: false };
    } finally {
      await this.#companion?.stop(this.#leftMs());
      this.#link?.close();
    }
  }

  async #start(): Promise<void> {
    const link = this.#link;
    this.#agent = await Agent.start(this.#flags, this.#status, {
      signal: this.#end.signal,
      onOpen: restraint => {
        this.#restraint = restraint;
      },
      onScheduleOver: () => this.#end.ask('the schedule is over'),
      onWedged: hung => this.#hang(wedgedText(hung)),
      onReload: reloaded => void this.#tellReload(reloaded),
      processes: this.#processes,
      ...(link && { onCulprit: link.blame, record: givenRecord(), lastEnd: takeLastEnd(process.env) }),
    });
    // What starting took would count as what the worker needs to be there.
    reduceMemory();
    link?.ready();
    this.#manager?.tell('READY=1');
  }

  #openLink(watcher: number): WorkerLink {
    return openWorkerLink(this.#status, {
      onWatcherGone: () => {
        killOrphans(this.#flags.get('extensions_socket'), watcher);
        this.#end.ask('the watcher has gone');
      },
      onPressure: message => this.#restraint?.relieve(message),
      onExcess: (kind, message) => void this.#restraint?.stopCulprit(kind, message),
      onLimit: (kind, message) => void this.#restraint?.blame(kind, message),
      onProcesses: all => this.#processes.update(all),
    });
  }

  async #tellReload(reloaded: Promise<unknown>): Promise<void> {
    this.#manager?.reloading();
    await reloaded;
    this.#link?.ready();
    this.#manager?.tell('READY=1');
  }

  #ends(): void {
    this.#leftMs = startCountdown();
    this.#manager?.tell('STOPPING=1');
    armAlarm(this.#flags.get('alarm_timeout'), this.#status);
  }

  #hang(reason: string): void {
    this.#wedged = reason;
    this.#status.error('engine', `${reason} This process ends itself and is started again.`);
    this.#end.ask('query threads hang', 1);
  }

  async #endByForce(reason: string): Promise<never> {
    await this.#link?.ends(reason);
    endByForce();
    return new Promise(() => undefined);
  }
}

/**
 * Runs the daemon's work until it is asked to end.
 * @returns the exit code: 0, or when the agent cannot work 78, by which a watcher knows that another try is of no use; without a watcher 1, but
 *   for plugins that cannot be used
 */
export const runWorker = (
  flags: FlagStore,
  notices: readonly string[],
  surroundings: WorkerSurroundings = {},
): Promise<WorkEnd> => {
  const status = new StatusLog(statusOptions(flags));
  for (const notice of notices) status.warning('flags', notice);
  return new Work(flags, status, surroundings).run();
};
