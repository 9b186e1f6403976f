/** The extensions of a shell: its socket, and the programs that it starts. */
import { randomInt } from 'node:crypto';
import { OutpostError } from '@outpost/protocol';
import type { Core } from '../../agent/core.ts';
import { superviseExtensions } from '../../agent/supervision.ts';
import type { AutoloadOptions } from '../../extensions/autoload.ts';
import type { ExtensionManager } from '../../extensions/manager.ts';
import type { FlagStore } from '../../flags/index.ts';
import { autoloadFile } from '../defaults.ts';

/** What runs beside the shell. */
export interface ShellExtensions {
  /** Ends the programs that the shell has started. */
  stop(): Promise<void>;
}

/** Another shell may have the socket: then this one takes a path of its own, unless the path was given. */
const listen = async (core: Core): Promise<ExtensionManager> => {
  const { flags } = core;
  try {
    return await core.startManager();
  } catch (error) {
    const taken = error instanceof OutpostError && error.code === 'SOCKET_IN_USE';
    if (!taken || flags.origin('extensions_socket') !== 'forced') throw error;
    flags.force('extensions_socket', `${flags.get('extensions_socket')}${randomInt(65_536)}`);
    return core.startManager();
  }
};

/** A program of `--extension` is started as its user would start it; one that a file lists must be safe from others. */
const sourcesOf = (flags: FlagStore): AutoloadOptions[] => [
  { allowUnsafe: true, autoloadFile: '', extension: flags.get('extension') },
  { allowUnsafe: flags.get('allow_unsafe'), autoloadFile: autoloadFile(flags), extension: '' },
];

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

/**
 * Listens for extensions, starts those that flags name and waits for them. A shell whose socket cannot be had works without, and says so.
 */
export const openExtensions = async (core: Core): Promise<ShellExtensions | undefined> => {
  const { flags, status } = core;
  try {
    const manager = await listen(core);
    const supervisor = superviseExtensions(
      flags,
      (severity, source, message) => status.record({ severity, source, message, time: Date.now() }),
      { sources: sourcesOf(flags), onProcesses: all => core.processes.update(all) },
    );
    const timeoutMs = Number(flags.get('extensions_timeout')) * 1000;
    await untilReady(manager, supervisor?.count ?? 0, timeoutMs);
    return supervisor;
  } catch (error) {
    if (!(error instanceof OutpostError)) throw error;
    status.warning('extensions', `${error.message} ${error.remedy} The shell goes on without extensions.`);
    return undefined;
  }
};
