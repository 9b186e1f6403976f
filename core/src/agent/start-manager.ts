import { type OptionInfo, protocolOption } from '@outpost/protocol';
import { peerOf, peerWithGroups } from '../engine/native.ts';
import { groupNumber } from '../extensions/group.ts';
import { ExtensionManager } from '../extensions/manager.ts';
import { readPolicy } from '../extensions/policy.ts';
import { agentVersion } from '../flags/index.ts';
import type { ConnectedExtension } from '../tables/osquery_extensions.ts';
import { AwaitedTables } from './awaited-tables.ts';
import { tableEnabled } from './bundled.ts';
import type { Core } from './core.ts';
import { EngineSql } from './engine-sql.ts';

/** The flags, and that the manager speaks version 2 of the protocol. */
const optionsOf = ({ flags }: Core): Map<string, OptionInfo> =>
  new Map([
    ...flags.options(),
    [protocolOption.name, { value: protocolOption.value, defaultValue: protocolOption.value, type: 'int32' }],
  ]);

const connected = (manager: ExtensionManager): ConnectedExtension[] => [
  { uuid: 0, name: 'core', version: agentVersion, sdk_version: '0.0.0', path: manager.socketPath, type: 'core' },
  ...manager
    .extensions()
    .filter(({ state }) => state !== 'dead')
    .map(({ uuid, name, version, minSdkVersion, path }) => ({
      uuid,
      name,
      version,
      sdk_version: minSdkVersion,
      path,
      type: 'extension' as const,
    })),
];

/** Opens the socket for extensions over the engine and the registry of a core. */
export const startManager = async (core: Core): Promise<ExtensionManager> => {
  const { flags, status, registry, engine, state } = core;
  const policy = readPolicy(flags.get('extensions_policy'), { allowUnsafe: flags.get('allow_unsafe') });
  const group = groupNumber(flags.get('extensions_group'));
  const awaited = new AwaitedTables(core);
  const manager = await ExtensionManager.start({
    processes: core.processes,
    announced: name => awaited.programOf(name),
    socketPath: flags.get('extensions_socket'),
    intervalMs: Number(flags.get('extensions_interval')) * 1000,
    timeoutMs: Number(flags.get('extensions_timeout')) * 1000,
    registry,
    sql: new EngineSql(engine, name => tableEnabled(flags, name)),
    options: () => optionsOf(core),
    status,
    policy,
    group,
    peerOf: group === undefined ? peerOf : peerWithGroups,
  });
  state.extensions = () => connected(manager);
  state.registered = () => manager.overview();
  state.policy = () => policy.entries();
  state.refusals = () => manager.refusals.rows();
  state.extensionEvents = () => manager.events();
  state.extensionLogs = () => core.processes.logs.rows();
  return manager;
};
