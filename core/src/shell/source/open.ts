import { Engine } from '../../engine/engine.ts';
import type { FlagStore } from '../../flags/index.ts';
import { StatusLog } from '../../status.ts';
import { osqueryFlags } from '../../tables/osquery_flags.ts';
import type { LocalSource } from '../shell.ts';
import { EngineSource } from './local.ts';
import { addBundledTables } from './tables.ts';

/** The extension manager of this process, as the shell uses it. */
interface ShellManager {
  /** The names of the registered extensions. */
  extensionNames(): readonly string[];
  close(): Promise<void>;
}

interface ExtensionsModule {
  startManager(options: { readonly flags: FlagStore; readonly engine: Engine }): Promise<ShellManager>;
}

/** Where the manager is. It is named by its address, so that it is read only where extensions are on. */
const extensionsModule = new URL('../../extensions/start-manager.ts', import.meta.url).href;

const startManager = async (flags: FlagStore, engine: Engine): Promise<ShellManager | undefined> => {
  if (flags.get('disable_extensions')) return undefined;
  const extensions = (await import(extensionsModule)) as ExtensionsModule;
  return extensions.startManager({ flags, engine });
};

const statusLog = (flags: FlagStore, complain: (text: string) => void): StatusLog => {
  const options = {
    verbose: flags.get('verbose'),
    minStatus: flags.get('logger_min_status'),
    minStderr: flags.get('logger_min_stderr'),
    stderr: flags.get('logger_stderr'),
  };
  return new StatusLog(options, complain);
};

/**
 * Opens the engine with the tables of this process and, unless they are off, the socket for extensions.
 * @param complain prints on stderr
 */
export const openEngineSource = async (flags: FlagStore, complain: (text: string) => void): Promise<LocalSource> => {
  const status = statusLog(flags, complain);
  const engine = Engine.open({
    settings: { defaultIndex: flags.get('extensions_default_index'), nullText: flags.get('nullvalue') },
    onWarning: (table, message) => status.warning(table, message),
    onDenial: line => status.error('sql', line),
  });
  engine.warm('shell');
  engine.addMainTables(osqueryFlags(() => flags.rows()));
  const off = await addBundledTables(engine, flags);
  const manager = await startManager(flags, engine);
  return new EngineSource(engine, {
    namesOff: off,
    extensionNames: () => manager?.extensionNames() ?? [],
    closeFirst: async () => manager?.close(),
  });
};
