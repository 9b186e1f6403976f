import { Engine } from '../engine/engine.ts';
import type { ExtensionManager } from '../extensions/manager.ts';
import { Registry } from '../extensions/registry.ts';
import type { FlagStore } from '../flags/index.ts';
import type { StatusLog } from '../status.ts';
import { addBundledTables, tableEnabled } from './bundled.ts';
import { type AgentState, idleState } from './state.ts';

/** What shell and daemon have in common: tables and plugins, an engine over them, and the socket where extensions add theirs. */
export class Core {
  readonly flags: FlagStore;
  readonly status: StatusLog;
  readonly registry = new Registry();
  readonly engine: Engine;
  /** What the tables about the agent tell; parts of the agent put in what they know. */
  readonly state: AgentState = idleState();
  #manager: ExtensionManager | undefined;

  private constructor(flags: FlagStore, status: StatusLog, engine: Engine) {
    this.flags = flags;
    this.status = status;
    this.engine = engine;
  }

  /** Opens the engine over the tables that come with the agent. @param onWedged see EngineOptions */
  static async open(flags: FlagStore, status: StatusLog, onWedged?: () => void): Promise<Core> {
    const engine = Engine.open({
      settings: { defaultIndex: flags.get('extensions_default_index'), nullText: flags.get('nullvalue') },
      onWarning: (table, message) => status.warning(table, message),
      onDenial: line => status.error('sql', line),
      onAbandoned: count => status.warning('engine', `${count} query threads hang in a system call and were abandoned`),
      ...(onWedged && { onWedged }),
    });
    const core = new Core(flags, status, engine);
    await addBundledTables(engine, core.registry, flags);
    return core;
  }

  /** Adds the tables about the agent itself. They need a little of the SDK, so a shell adds them when a statement names one. */
  async addStateTables(): Promise<void> {
    const { stateTables } = await import('./state-tables.ts');
    const definitions = stateTables(this.state, this.flags, this.registry);
    for (const definition of definitions) this.registry.addLocal(definition);
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
