import type { ExtensionResponse, PluginRequest } from '@outpost/protocol';
import { addPlugins } from '../agent/bundled.ts';
import { Core } from '../agent/core.ts';
import { statusOptions } from '../agent/status-options.ts';
import { ConfigBackup } from '../config/backup.ts';
import type { Config, PackRow } from '../config/index.ts';
import type { Distributed } from '../distributed/index.ts';
import type { EngineRecord, HungQuery } from '../engine/query-thread-handle.ts';
import { answered, refused } from '../extensions/answers.ts';
import type { SupervisedProcesses } from '../extensions/supervised-processes.ts';
import type { FlagStore } from '../flags/index.ts';
import { reasonOf } from '../reason.ts';
import { systemClock } from '../schedule/clock.ts';
import { purgeStaleResults } from '../schedule/purge.ts';
import { loadQuarantine, type Scheduler } from '../schedule/scheduler.ts';
import type { ScheduleSettings } from '../schedule/settings.ts';
import type { StatusLog } from '../status.ts';
import { Store } from '../storage/store.ts';
import type { PackEntry } from '../tables/osquery_packs.ts';
import type { Culprit, LastEnd } from '../watchdog/last-end.ts';
import { activate, awaitRequired } from './activate.ts';
import { openConfig } from './configuration.ts';
import { Endings } from './endings.ts';
import { HostIdentifier } from './host-identifier.ts';
import { loadIdentifiers } from './identifiers.ts';
import { answerLiveQueries } from './live-queries.ts';
import { Logging } from './logging.ts';
import { openMetrics } from './metrics.ts';
import { Restraint } from './restraint.ts';
import { runSchedule, type ScheduleParts } from './scheduling.ts';
import { scheduleSettings } from './settings.ts';

/** How long the ends of parts may take, milliseconds; together less than four seconds, so that there is one left for extensions. */
const endMs = { queries: 800, logging: 1200, threads: 800, store: 1000 } as const;

/** What surrounds the agent: what ends it, from without while it starts and from within, and what runs beside it. */
export interface AgentSurroundings {
  /** Gives up the start. */
  readonly signal: AbortSignal;
  /** The agent is about to run its first queries; from now on it can be kept within its limits. */
  readonly onOpen?: (restraint: Restraint) => void;
  /** The schedule is over: `--schedule_timeout`. */
  readonly onScheduleOver: () => void;
  /** Threads hang in system calls; only SIGKILL ends the process. */
  readonly onWedged: (hung: readonly HungQuery[]) => void;
  /** The processes of extensions that the agent keeps running. */
  readonly processes: SupervisedProcesses;
  /** The configuration is read again, since a signal asked for it. */
  readonly onReload?: (reloaded: Promise<unknown>) => void;
  /** Where it is recorded what runs; without a watcher nobody would read it. */
  readonly record?: EngineRecord | undefined;
  /** How the last worker ended, if that was trouble. */
  readonly lastEnd?: LastEnd | undefined;
  /** Is told which query is to blame for what the agent takes; absent without a watcher, which alone sets limits. */
  readonly onCulprit?: ((culprit: Culprit) => void) | undefined;
}

/**
 * The daemon's work in one process: configuration in, schedule and live queries run, changes out. Started part by part in an order in which each
 * finds what it needs; ended in the opposite one.
 */
export class Agent {
  readonly #core: Core;
  readonly #store: Store;
  readonly #endings: Endings;
  readonly #restraint: Restraint;
  #scheduler: Scheduler | undefined;
  #distributed: Distributed | undefined;

  private constructor(core: Core, store: Store, { onCulprit }: AgentSurroundings) {
    this.#core = core;
    this.#store = store;
    this.#endings = new Endings(core.status);
    this.#restraint = new Restraint(core, {
      scheduler: () => this.#scheduler,
      distributed: () => this.#distributed,
      onCulprit: culprit => onCulprit?.(culprit),
    });
  }

  /**
   * Starts everything. What has been started is ended again when something fails.
   * @throws OutpostError STORE_LOCKED and others of the store, PLUGIN_NOT_ACTIVATED, PLUGIN_MODULE_UNLOADABLE; the reason of `around.signal`
   */
  static async start(flags: FlagStore, status: StatusLog, around: AgentSurroundings): Promise<Agent> {
    const store = await openStore(flags, status);
    const core = await openCore(store, () => Core.open(flags, status, around));
    const agent = new Agent(core, store, around);
    around.onOpen?.(agent.#restraint);
    agent.#endings.add('store', () => store.close(), endMs.store);
    agent.#endings.add('query threads', () => core.close(), endMs.threads);
    try {
      await agent.#start(around);
      return agent;
    } catch (error) {
      await agent.stop();
      throw error;
    }
  }

  /**
   * Ends everything within five seconds: nothing new is begun, what is committed is delivered as far as loggers take it, the rest waits in the store.
   * @returns whether nothing is left that keeps the process from ending
   */
  stop(): Promise<boolean> {
    return this.#endings.run();
  }

  async #start({ onScheduleOver: onOver, onReload, signal, lastEnd, onCulprit }: AgentSurroundings): Promise<void> {
    const core = this.#core;
    const { flags, status } = core;
    flags.onChange(() => status.configure(statusOptions(flags)));
    const settings = (): ScheduleSettings => scheduleSettings(flags);
    const quarantine = await loadQuarantine({ store: this.#store, status, clock: systemClock, settings }, lastEnd);
    core.state.quarantine = quarantine;
    core.state.heldText = sql => quarantine.heldText(sql);
    await addPlugins(core.engine, core.registry, flags);
    await core.addStateTables();
    await this.#openSocket(signal);
    const hostIdentifier = await this.#identify();
    const config = await this.#configure(signal, onReload);
    const logging = await this.#openLogging(hostIdentifier, signal);
    signal.throwIfAborted();
    const { outbox } = logging;
    const store = this.#store;
    const scheduler = await this.#schedule({ core, store, config, outbox, hostIdentifier, quarantine, onOver });
    this.#endings.add('metrics', await openMetrics({ core, outbox, scheduler }));
    await this.#answerLiveQueries(signal, lastEnd);
    flags.started();
    if (onCulprit === undefined) return;
    this.#restraint.watchMemory();
    this.#endings.add('restraint', () => this.#restraint.end());
  }

  async #schedule(parts: ScheduleParts): Promise<Scheduler> {
    const { scheduler, stop } = await runSchedule(parts);
    this.#scheduler = scheduler;
    this.#endings.add('schedule', () => stop(endMs.queries), 2 * endMs.queries);
    return scheduler;
  }

  async #answerLiveQueries(signal: AbortSignal, lastEnd: LastEnd | undefined): Promise<void> {
    const distributed = await answerLiveQueries(this.#core, this.#store, signal, lastEnd);
    if (distributed === undefined) return;
    this.#distributed = distributed;
    this.#endings.add('live queries', () => this.#stopQueries(distributed), 2 * endMs.queries);
  }

  /** Stops what runs in both lanes at the same time. */
  async #stopQueries(distributed: Distributed): Promise<void> {
    await Promise.all([distributed.stop(endMs.queries), this.#scheduler?.stop(endMs.queries)]);
  }

  /** Without its socket the agent goes on, and says so: what needs no extension works. */
  async #openSocket(signal: AbortSignal): Promise<void> {
    const { flags, status } = this.#core;
    if (flags.get('disable_extensions')) return;
    try {
      await this.#core.startManager();
    } catch (error) {
      const reason = reasonOf(error);
      status.error('extensions', `An error occurred during extension manager startup: ${reason}`);
      return;
    }
    await awaitRequired(this.#core, signal);
  }

  async #identify(): Promise<() => string> {
    const { flags, status, state } = this.#core;
    const stored = await loadIdentifiers(this.#store, reason =>
      status.error('daemon', `An identifier cannot be stored: ${reason}`),
    );
    const host = new HostIdentifier(stored);
    state.hostUuid = () => host.hostUuid;
    this.#core.tableSettings.set('host_uuid', host.hostUuid);
    state.instanceId = () => host.instanceId;
    return () => host.get(flags.get('host_identifier'), flags.get('specified_identifier'));
  }

  async #configure(signal: AbortSignal, onReload: AgentSurroundings['onReload']): Promise<Config> {
    const { flags, status, registry, state } = this.#core;
    const config = await openConfig(this.#core, {
      signal,
      backup: new ConfigBackup(this.#store, status, () => flags.get('config_enable_backup')),
      beforeUpdate: () =>
        purgeStaleResults(this.#store, new Set(config.schedule.map(({ name }) => name)), Math.floor(Date.now() / 1000)),
    });
    registry.addHandler('config', 'update', request => pushed(config, request), { internal: true });
    state.configHash = () => config.hash;
    state.configValid = () => config.valid;
    state.configFaults = () => config.faults;
    state.packs = () => config.packRows().map(packEntry);
    const reload = (): void => {
      const reloaded = config.refresh();
      onReload?.(reloaded);
    };
    process.on('SIGHUP', reload);
    this.#endings.add('configuration', () => {
      process.off('SIGHUP', reload);
      return config.stop();
    });
    await config.load();
    return config;
  }

  async #openLogging(hostIdentifier: () => string, signal: AbortSignal): Promise<Logging> {
    const { flags } = this.#core;
    const loggers = flags.get('disable_logging')
      ? []
      : await activate(this.#core, 'logger', flags.get('logger_plugin'), signal);
    const logging = await Logging.open(this.#core, this.#store, loggers, hostIdentifier);
    this.#endings.add('logging', () => logging.close(), endMs.logging);
    return logging;
  }
}

const openStore = async (flags: FlagStore, status: StatusLog): Promise<Store> => {
  if (flags.get('disable_database') || flags.get('ephemeral')) return Store.memory();
  return Store.open(flags.get('database_path'), { onNotice: message => status.warning('database', message) });
};

/** Closes the store when there will be no agent to do so. */
const openCore = async (store: Store, open: () => Promise<Core>): Promise<Core> => {
  try {
    return await open();
  } catch (error) {
    await store.close();
    throw error;
  }
};

const packEntry = ({ name, platform, version, shard, hits, executions, active }: PackRow): PackEntry => ({
  name,
  platform,
  version,
  shard: shard ?? null,
  discovery_cache_hits: hits,
  discovery_executions: executions,
  active: active ? 1 : 0,
});

/** Takes over a source that an extension pushes: `call("config", "update", {action, source, data})`. */
const pushed = async (config: Config, { source, data }: PluginRequest): Promise<ExtensionResponse> => {
  if (source === undefined || data === undefined) return refused('Missing source or data');
  await config.update(source, data);
  return answered();
};
