import type { CallScope, HostHooks, PluginContext } from './answer.ts';
import { machineFiles } from './table/files.ts';

/** Where warnings of a plugin go that is not told otherwise: standard error, which the agent captures line by line. */
export const warnOnStderr =
  (name: string) =>
  (message: string): void =>
    console.error(`${name}: ${message}`);

/** What a plugin learns about one call. */
export const pluginContext = (name: string, hooks: HostHooks, scope: CallScope): PluginContext => ({
  files: hooks.files ?? machineFiles,
  signal: scope.signal ?? new AbortController().signal,
  warn: hooks.warn ?? warnOnStderr(name),
});
