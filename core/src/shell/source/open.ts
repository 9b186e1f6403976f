import { OutpostError } from '@outpost/protocol';
import { Engine } from '../../engine/engine.ts';
import type { FlagStore } from '../../flags/index.ts';
import { StatusLog } from '../../status.ts';
import type { ConnectedExtension } from '../../tables/osquery_extensions.ts';
import type { LocalSource } from '../shell.ts';
import { agentTableNames, loadAgentTables, namesAgentTable } from './agent-tables.ts';
import { EngineSource } from './local.ts';
import type { ShellManager, ShellManagerOptions } from './manager.ts';
import { addBundledTables, tableFilter } from './tables.ts';

const statusLog = (flags: FlagStore, complain: (text: string) => void): StatusLog => {
  const options = {
    verbose: flags.get('verbose'),
    minStatus: flags.get('logger_min_status'),
    minStderr: flags.get('logger_min_stderr'),
    stderr: flags.get('logger_stderr'),
  };
  return new StatusLog(options, complain);
};

/** A shell whose socket cannot be had works without extensions, and says so. */
const openManager = async (options: ShellManagerOptions): Promise<ShellManager | undefined> => {
  const { startManager } = await import('./manager.ts');
  try {
    return await startManager(options);
  } catch (error) {
    if (!(error instanceof OutpostError)) throw error;
    options.status.warning('extensions', `${error.message} ${error.remedy} The shell goes on without extensions.`);
    return undefined;
  }
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
  const isOn = tableFilter(flags);
  const off = await addBundledTables(engine, isOn);
  engine.warm('shell');
  const manager = flags.get('disable_extensions') ? undefined : await openManager({ flags, engine, status, isOn });
  const extensions = (): readonly ConnectedExtension[] => manager?.extensions() ?? [];
  let agentTables: Promise<void> | undefined;
  const addAgentTables = async (): Promise<void> => {
    const definitions = await loadAgentTables({ flags, extensions });
    engine.addMainTables(...definitions.filter(({ name }) => isOn(name)));
  };
  return new EngineSource(engine, {
    otherNames: [...off, ...agentTableNames],
    prepare: async text => {
      if (!namesAgentTable(text)) return;
      agentTables ??= addAgentTables();
      await agentTables;
    },
    extensionNames: () => extensions().flatMap(({ name, type }) => (type === 'extension' ? [name] : [])),
    closeFirst: async () => manager?.close(),
  });
};
