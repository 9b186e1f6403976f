import { existsSync } from 'node:fs';
import { addBundledPlugins, addNamedPlugins } from '../../agent/bundled.ts';
import { Core } from '../../agent/core.ts';
import { statusOptions } from '../../agent/status-options.ts';
import type { FlagStore } from '../../flags/index.ts';
import { reasonOf } from '../../reason.ts';
import { StatusLog } from '../../status.ts';
import type { LocalSource } from '../shell.ts';
import { EngineSource } from './local.ts';

/** Does something once, when it is first needed. */
const once = (work: () => Promise<void>): (() => Promise<void>) => {
  let done: Promise<void> | undefined;
  return () => {
    done ??= work();
    return done;
  };
};

/** A shell whose plugins cannot be had works without them, and says so. */
const addPlugins = async (core: Core, add: typeof addNamedPlugins): Promise<void> => {
  try {
    await add(core.engine, await core.loadRegistry(), core.flags);
  } catch (error) {
    if (!(error instanceof Error && 'remedy' in error)) throw error;
    core.status.warning('plugins', `${error.message} ${error.remedy} The shell goes on without the plugins.`);
  }
};

/** A shell keeps no identifier, so it knows that of the machine's firmware, or makes one up. */
const addStateTables = async (core: Core): Promise<void> => {
  const { HostIdentifier } = await import('../../daemon/host-identifier.ts');
  const identifier = new HostIdentifier(new Map<string, string>());
  core.state.hostUuid = () => identifier.hostUuid;
  core.state.instanceId = () => identifier.instanceId;
  core.tableSettings.set('host_uuid', identifier.hostUuid);
  await core.addStateTables();
};

/**
 * Adds the tables and views of the configuration, where there is one. A configuration that cannot be read leaves the shell without, and it says so.
 */
const addConfiguredTables = async (core: Core): Promise<void> => {
  const { flags, status } = core;
  if (flags.get('config_plugin') === 'filesystem' && !existsSync(flags.get('config_path'))) return;
  try {
    const { readConfiguredTables } = await import('../../daemon/configuration.ts');
    await readConfiguredTables(core);
  } catch (error) {
    status.warning('config', `The shell goes on without the configuration: ${reasonOf(error)}`);
  }
};

/** What is loaded when a statement first names a table that needs it. */
const preparations = (
  core: Core,
  plugins: () => Promise<void>,
  configuration: () => Promise<void>,
): readonly (readonly [names: RegExp, prepare: () => Promise<void>])[] => [
  [/\b(?:osquery_|outpost_|system_info\b)/i, once(() => addStateTables(core))],
  [/\bosquery_registry\b/i, plugins],
  [/\bprometheus_metrics\b/i, configuration],
];

/** Adds what only the configuration has. @returns a function that tells whether it was called for the first time */
const completing = (configuration: () => Promise<void>): (() => Promise<boolean>) => {
  let complete = false;
  return async () => {
    if (complete) return false;
    complete = true;
    await configuration();
    return true;
  };
};

/** What runs beside an engine, once its socket for extensions is there. */
export type Beside = (core: Core) => Promise<{ stop(): Promise<void> }>;

/**
 * Opens the engine with the tables of this process and, unless they are off, the socket for extensions.
 * @param complain prints on stderr
 * @param beside starts what is to run with it and ends before it
 */
export const openEngineSource = async (
  flags: FlagStore,
  complain: (text: string) => void,
  beside?: Beside,
): Promise<LocalSource> => {
  const core = await Core.openQuickly(flags, new StatusLog(statusOptions(flags), complain), { warm: 'shell' });
  const plugins = once(() => addPlugins(core, addBundledPlugins));
  const configuration = once(async () => {
    await plugins();
    await addConfiguredTables(core);
  });
  const prepared = preparations(core, plugins, configuration);
  if (flags.get('plugins') !== '') await addPlugins(core, addNamedPlugins);
  const openExtensions = async () => {
    for (const [, prepare] of prepared) await prepare(); // before an extension takes a name
    return (await import('./extensions.ts')).openExtensions(core);
  };
  const extensions = flags.get('disable_extensions') ? undefined : await openExtensions();
  const companion = await beside?.(core).catch(async (error: unknown) => {
    await extensions?.stop();
    await core.close();
    throw error;
  });
  return new EngineSource(core.engine, {
    tableNames: () => core.tableNames(),
    numerics: flags.get('json_numerics'),
    prepare: async text => {
      for (const [names, prepare] of prepared) if (names.test(text)) await prepare();
    },
    complete: completing(configuration),
    extensionNames: () =>
      (core.state.extensions?.() ?? []).flatMap(({ name, type }) => (type === 'extension' ? [name] : [])),
    close: async () => {
      await companion?.stop();
      await extensions?.stop();
      await core.close();
    },
  });
};
