import { Engine } from '../engine/engine.ts';
import type { Lane } from '../engine/lane.ts';
import type { EngineRecord, HungQuery } from '../engine/query-thread-handle.ts';
import type { ExtensionManager } from '../extensions/manager.ts';
import type { Registry } from '../extensions/registry.ts';
import { SupervisedProcesses } from '../extensions/supervised-processes.ts';
import type { FlagStore } from '../flags/index.ts';
import type { StatusLog } from '../status.ts';
import { attachBundledTables, registerBundledTables, type TableEntry, tableEnabled } from './bundled.ts';
import { settleForeignTables } from './foreign-tables.ts';
import { queryLimits } from './query-limits.ts';
import { type AgentState, idleState, stateTableNames } from './state.ts';
import { TableSettings } from './table-settings.ts';

/** How a core is opened. */
export interface CoreOptions {
  /** See EngineOptions. */
  readonly onWedged?: (hung: readonly HungQuery[]) => void;
  /** A lane whose first thread starts at once. */
  readonly warm?: Lane;
  /** See EngineOptions. */
  readonly record?: EngineRecord | undefined;
  /** The processes of extensions that the agent keeps running; filled by whoever hears of them. */
  readonly processes?: SupervisedProcesses | undefined;
}

const abandonedText = (count: number, { name, table }: HungQuery): string => {
  const where = table === undefined ? '' : ` in the table ${table}`;
  return `The thread of the query ${name} hangs in a system call${where} and is abandoned; ${count} such threads so far.`;
};

/** What shell and daemon have in common: tables and plugins, an engine over them, and the socket where extensions add theirs. */
export class Core {
  readonly flags: FlagStore;
  readonly status: StatusLog;
  readonly engine: Engine;
  /** What the tables about the agent tell; parts of the agent put in what they know. */
  readonly state: AgentState = idleState();
  /** The processes of extensions that the agent keeps running. */
  readonly processes: SupervisedProcesses;
  /** What the tables that come with the agent are told of it. */
  readonly tableSettings: TableSettings;
  readonly #bundled: readonly TableEntry[];
  #registry: Registry | undefined;
  #stateTables: Promise<void> | undefined;
  #manager: ExtensionManager | undefined;

  private constructor(
    flags: FlagStore,
    status: StatusLog,
    engine: Engine,
    bundled: readonly TableEntry[],
    processes: SupervisedProcesses,
  ) {
    this.flags = flags;
    this.status = status;
    this.engine = engine;
    this.#bundled = bundled;
    this.processes = processes;
    this.tableSettings = new TableSettings(engine, flags, bundled);
  }

  /** Opens the engine over the tables that come with the agent, and the registry. */
  static async open(flags: FlagStore, status: StatusLog, options: CoreOptions = {}): Promise<Core> {
    const core = await Core.openQuickly(flags, status, options);
    await core.loadRegistry();
    return core;
  }

  /** Opens the engine over the tables that come with the agent, and nothing that a statement over them does not need. */
  static async openQuickly(flags: FlagStore, status: StatusLog, options: CoreOptions = {}): Promise<Core> {
    const { onWedged, warm, processes, record } = options;
    const bundled: TableEntry[] = [];
    let opened: Core | undefined;
    const engine = Engine.open({
      isSwitchedOff: table => bundled.some(({ name }) => name === table),
      settings: {
        defaultIndex: flags.get('extensions_default_index'),
        nullText: flags.get('nullvalue'),
        regexMaxBytes: flags.get('regex_max_size'),
      },
      awaitMs: Number(flags.get('extensions_timeout')) * 1000,
      untilReady: async (uuid, timeoutMs) => (await opened?.manager?.untilReady(uuid, timeoutMs)) ?? false,
      limits: lane => queryLimits(flags, lane),
      onWarning: (table, message) => status.warning(table, message),
      onDenial: line => status.error('sql', line),
      onAbandoned: (count, query) => status.warning('engine', abandonedText(count, query)),
      record,
      held: (sql, lane) => (lane === 'live' ? undefined : opened?.state.heldText(sql)),
      ...(onWedged && { onWedged }),
    });
    if (warm !== undefined) engine.warm(warm);
    bundled.push(...(await attachBundledTables(engine, flags)));
    const core = new Core(flags, status, engine, bundled, processes ?? new SupervisedProcesses(status));
    opened = core;
    if (flags.get('enable_foreign')) await settleForeignTables(engine, flags);
    flags.onChange(name => {
      if (name === 'enable_foreign') void settleForeignTables(engine, flags);
    });
    return core;
  }

  /** All plugins. Of a core that was opened quickly there is none before {@link loadRegistry}. */
  get registry(): Registry {
    if (this.#registry === undefined) throw new Error('The registry is used before it is loaded.');
    return this.#registry;
  }

  /** Makes the registry, with the tables that come with the agent, unless it is there. */
  async loadRegistry(): Promise<Registry> {
    const { Registry } = await import('../extensions/registry.ts');
    if (this.#registry === undefined) {
      this.#registry = new Registry();
      registerBundledTables(this.#registry, this.#bundled, entry => this.tableSettings.of(entry));
    }
    return this.#registry;
  }

  /** The names of all tables, those that are off included. */
  tableNames(): string[] {
    const registered = this.#registry?.list().filter(({ registry }) => registry === 'table') ?? [];
    const names = [...this.#bundled, ...registered].map(({ name }) => name);
    return [...new Set([...names, ...stateTableNames, ...this.engine.catalog.names()])];
  }

  /** Adds the tables about the agent itself, once. They need a little of the SDK, so a shell adds them when a statement names one. */
  addStateTables(): Promise<void> {
    this.#stateTables ??= this.#addStateTables();
    return this.#stateTables;
  }

  async #addStateTables(): Promise<void> {
    const registry = await this.loadRegistry();
    const { stateTables } = await import('./state-tables.ts');
    const { documentedTables } = await import('./documented-tables.ts');
    this.state.tables = names => documentedTables(this, names);
    const definitions = stateTables(this.state, this.flags, registry);
    for (const definition of definitions) registry.addLocal(definition);
    this.engine.addMainTables(...definitions.filter(({ name }) => tableEnabled(this.flags, name)));
  }

  /** The extension manager, once it is started. */
  get manager(): ExtensionManager | undefined {
    return this.#manager;
  }

  /**
   * Opens the socket for extensions.
   * @throws OutpostError SOCKET_PATH_TOO_LONG and others of ExtensionManager.start
   */
  async startManager(): Promise<ExtensionManager> {
    await this.loadRegistry();
    const { startManager } = await import('./start-manager.ts');
    this.#manager = await startManager(this);
    return this.#manager;
  }

  /** Ends extensions' connections and all threads. */
  async close(): Promise<void> {
    await this.#manager?.stop();
    await this.engine.close();
  }
}
