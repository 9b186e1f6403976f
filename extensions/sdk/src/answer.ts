import {
  ExtensionCode,
  type ExtensionResponse,
  OutpostError,
  type PluginRequest,
  type PluginResponse,
} from '@outpost/protocol';
import type { TableSettings } from './table/context.ts';
import type { FileView } from './table/files.ts';

/** Where a plugin runs, as far as a call is concerned. */
export interface CallScope {
  /** Fires when the caller went away or its deadline passed. */
  readonly signal?: AbortSignal;
}

/** Answers requests to one plugin. Never rejects: a plugin that fails answers with code 1 and its error's message. */
export type PluginHandler = (request: PluginRequest, scope?: CallScope) => Promise<ExtensionResponse>;

/** What the place a plugin is hosted in gives it. */
export interface HostHooks {
  /** The files tables read; this machine's, when left out. */
  readonly files?: FileView;
  /** What tables are told of the agent's settings. */
  readonly settings?: TableSettings;
  /** Where warnings go; standard error, when left out. */
  readonly warn?: (message: string) => void;
  /** Serves `update` requests to a config plugin: the core's, which merges the source. */
  readonly updateConfig?: (source: string, data: string) => void | Promise<void>;
  /** Serves `option` requests to a config plugin. */
  readonly readOption?: (name: string) => string | undefined;
}

/** What plugins other than tables learn about a call. */
export interface PluginContext {
  readonly files: FileView;
  /** Fires when the caller went away or its deadline passed. */
  readonly signal: AbortSignal;
  /** Says on the status log that something is not as it should be. */
  warn(message: string): void;
}

/** A request that a plugin does not understand; its message travels to the caller as it is. */
export class RequestRefused extends Error {
  override readonly name = 'RequestRefused';
}

/** The answer of a call that went well. `code` differs from 0 only for a logger's features. */
export const success = (response: PluginResponse = [], code: number = ExtensionCode.success): ExtensionResponse => ({
  status: { code, message: 'OK', uuid: 0 },
  response,
});

/** The answer of a call that failed. */
export const failure = (message: string, code: number = ExtensionCode.failed): ExtensionResponse => ({
  status: { code, message, uuid: 0 },
  response: [],
});

/** The text of whatever was thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Rejects when the signal fires. */
const abandoned = (signal: AbortSignal): Promise<never> =>
  new Promise((_resolve, reject) => {
    const give = (): void => reject(new OutpostError('CALL_ABANDONED'));
    if (signal.aborted) give();
    else signal.addEventListener('abort', give, { once: true });
  });

/**
 * Turns a function that may throw into one that answers code 1 with the error's message instead. When the scope's signal fires it
 * answers at once, though the plugin may not have heard it.
 */
export function guarded(
  answer: (request: PluginRequest, scope: CallScope) => Promise<ExtensionResponse>,
): PluginHandler {
  return async (request, scope = {}) => {
    try {
      const answering = answer(request, scope);
      return await (scope.signal === undefined ? answering : Promise.race([answering, abandoned(scope.signal)]));
    } catch (error) {
      return failure(messageOf(error));
    }
  };
}
