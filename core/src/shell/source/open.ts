import type { FlagStore } from '../../flags/index.ts';
import type { LocalSource } from '../shell.ts';
import { EngineSource, type ShellEngine } from './local.ts';

/** The extension manager of this process, as the shell uses it. */
interface ShellManager {
  /** The names of the registered extensions. */
  extensionNames(): readonly string[];
  close(): Promise<void>;
}

interface EngineModule {
  readonly Engine: { open(options: { readonly flags: FlagStore }): Promise<ShellEngine> };
}

interface ExtensionsModule {
  startManager(options: { readonly flags: FlagStore; readonly engine: ShellEngine }): Promise<ShellManager>;
}

/** Where the parts are. They are named by their addresses, so that they are read only when a statement or a table is wanted. */
const engineModule = new URL('../../engine/engine.ts', import.meta.url).href;
const extensionsModule = new URL('../../extensions/start-manager.ts', import.meta.url).href;

const startManager = async (flags: FlagStore, engine: ShellEngine): Promise<ShellManager | undefined> => {
  if (flags.get('disable_extensions')) return undefined;
  const extensions = (await import(extensionsModule)) as ExtensionsModule;
  return extensions.startManager({ flags, engine });
};

/** Opens the engine with the tables of this process and, unless they are off, the socket for extensions. */
export const openEngineSource = async (flags: FlagStore): Promise<LocalSource> => {
  const { Engine } = (await import(engineModule)) as EngineModule;
  const engine = await Engine.open({ flags });
  const manager = await startManager(flags, engine);
  return new EngineSource(engine, {
    extensionNames: () => manager?.extensionNames() ?? [],
    closeFirst: async () => manager?.close(),
  });
};
