/** The extension manager of a shell: its socket, and the extensions of `--extension`. */
import { randomInt } from 'node:crypto';
import { OutpostError } from '@outpost/protocol';
import { EngineSql } from '../../agent/engine-sql.ts';
import type { Engine } from '../../engine/engine.ts';
import { ExtensionManager } from '../../extensions/manager.ts';
import { checkProgram, type ExtensionProgram, programOf } from '../../extensions/program.ts';
import { Registry } from '../../extensions/registry.ts';
import { Supervisor, type SupervisorEvent } from '../../extensions/supervisor.ts';
import type { FlagStore } from '../../flags/index.ts';
import type { StatusLog } from '../../status.ts';
import type { ConnectedExtension } from '../../tables/osquery_extensions.ts';

/** What a manager needs. */
export interface ShellManagerOptions {
  readonly flags: FlagStore;
  readonly engine: Engine;
  readonly status: StatusLog;
  /** Whether flags let statements use a table. */
  readonly isOn: (table: string) => boolean;
}

/** A manager that listens, and what it has started. */
export interface ShellManager {
  /** The registered extensions. */
  extensions(): readonly ConnectedExtension[];
  close(): Promise<void>;
}

/** How long a statement of an extension may take, milliseconds. */
const deadlineMs = 600_000;

const millisecondsOf = (seconds: string): number => Number(seconds) * 1000;

const programsOf = ({ flags, status }: ShellManagerOptions): ExtensionProgram[] => {
  const paths = flags
    .get('extension')
    .split(',')
    .filter(path => path !== '');
  return paths.flatMap(path => {
    const faults = checkProgram(path, { allowUnsafe: true });
    for (const { fault } of faults) status.warning('extensions', `The extension ${path} is not started: ${fault}.`);
    return faults.length > 0 ? [] : [programOf(path)];
  });
};

const tell = (status: StatusLog, event: SupervisorEvent): void => {
  if (event.type === 'failed')
    status.warning('extensions', `The extension ${event.extension} failed: ${event.message}`);
  if (event.type === 'exited') status.warning('extensions', `The extension ${event.extension} ended.`);
};

const supervise = ({ flags, status }: ShellManagerOptions, programs: readonly ExtensionProgram[]): Supervisor => {
  const supervisor = new Supervisor(programs, {
    socket: flags.get('extensions_socket'),
    timeoutSeconds: Number(flags.get('extensions_timeout')),
    intervalSeconds: Number(flags.get('extensions_interval')),
    verbose: flags.get('verbose'),
    onLine: (extension, _stream, line) => status.info(extension, line),
    onEvent: event => tell(status, event),
  });
  supervisor.start();
  return supervisor;
};

/** Waits until so many extensions are ready, or the time is over. */
const untilReady = (manager: ExtensionManager, count: number, timeoutMs: number): Promise<void> => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const look = (): void => {
    if (manager.extensions().filter(({ state }) => state === 'ready').length >= count) resolve();
  };
  const stop = manager.onEvent(look);
  const timer = setTimeout(resolve, timeoutMs);
  look();
  return promise.finally(() => {
    clearTimeout(timer);
    stop();
  });
};

const rowOf = (extension: ReturnType<ExtensionManager['extensions']>[number]): ConnectedExtension => {
  const { uuid, name, version, minSdkVersion, path } = extension;
  return { uuid, name, version, sdk_version: minSdkVersion, path, type: 'extension' };
};

const listen = ({ flags, engine, status, isOn }: ShellManagerOptions): Promise<ExtensionManager> =>
  ExtensionManager.start({
    socketPath: flags.get('extensions_socket'),
    intervalMs: millisecondsOf(flags.get('extensions_interval')),
    timeoutMs: millisecondsOf(flags.get('extensions_timeout')),
    registry: new Registry(),
    sql: new EngineSql(engine, isOn, deadlineMs),
    options: () => new Map(flags.options()),
    status,
  });

/** Another shell may have the socket: then this one takes a path of its own, unless the path was given. */
const listenSomewhere = async (options: ShellManagerOptions): Promise<ExtensionManager> => {
  const { flags } = options;
  try {
    return await listen(options);
  } catch (error) {
    const taken = error instanceof OutpostError && error.code === 'SOCKET_IN_USE';
    if (!taken || flags.origin('extensions_socket') !== 'forced') throw error;
    flags.force('extensions_socket', `${flags.get('extensions_socket')}${randomInt(65_536)}`);
    return listen(options);
  }
};

/**
 * Listens for extensions, starts those of `--extension` and waits for them.
 * @throws OutpostError as {@link ExtensionManager.start}
 */
export const startManager = async (options: ShellManagerOptions): Promise<ShellManager> => {
  const { flags } = options;
  const manager = await listenSomewhere(options);
  const programs = programsOf(options);
  const supervisor = programs.length === 0 ? undefined : supervise(options, programs);
  await untilReady(manager, programs.length, millisecondsOf(flags.get('extensions_timeout')));
  return {
    extensions: () => manager.extensions().map(rowOf),
    close: async () => {
      await supervisor?.stop();
      await manager.stop();
    },
  };
};
