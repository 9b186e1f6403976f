import type { ExtensionHandler, ExtensionResponse, ExtensionStatus, Peer, PluginRequest } from '@outpost/protocol';
import { failure, type HostHooks, type PluginHandler } from '../answer.ts';
import { withDeadline } from '../deadline.ts';
import { hostPlugin, type PluginDefinition, registryOf } from '../plugin.ts';

/** How long a call may take when its caller says nothing: osquery's `thrift_timeout`, in milliseconds. */
export const callDeadlineMs = 300_000;

const knownRegistries = new Set(['config', 'distributed', 'logger', 'table']);

/** Answers the manager's messages to the extension `uuid`. */
export class PluginServer implements ExtensionHandler {
  readonly #plugins: ReadonlyMap<string, ReadonlyMap<string, PluginHandler>>;
  readonly #deadlineMs: number;
  /** The number the manager gave this extension; it changes with each registration. */
  uuid = 0;

  constructor(definitions: readonly PluginDefinition[], hooks: HostHooks, deadlineMs: number) {
    this.#deadlineMs = deadlineMs;
    this.#plugins = new Map(
      [...Map.groupBy(definitions, registryOf)].map(([registry, own]) => [
        registry,
        new Map(own.map(definition => [definition.name, hostPlugin(definition, hooks)])),
      ]),
    );
  }

  ping(): ExtensionStatus {
    return { code: 0, message: 'pong', uuid: this.uuid };
  }

  async call(
    registry: string,
    item: string,
    request: PluginRequest,
    _peer?: Peer,
    signal?: AbortSignal,
  ): Promise<ExtensionResponse> {
    const { status, response } = await this.#answer([registry, item, request], signal);
    return { status: { ...status, uuid: this.uuid }, response };
  }

  /** The agent is about to end; the watch sees it when it has. */
  shutdown(): void {
    // osquery's own extensions do nothing either: they end, or wait, once the agent is gone
  }

  async #answer(
    [registry, item, request]: readonly [registry: string, item: string, request: PluginRequest],
    signal?: AbortSignal,
  ): Promise<ExtensionResponse> {
    const plugins = this.#plugins.get(registry);
    const plugin = plugins?.get(item);
    if (plugin !== undefined)
      return withDeadline({ timeoutMs: this.#deadlineMs, signal }, within => plugin(request, { signal: within }));
    if (plugins === undefined && !knownRegistries.has(registry))
      return failure(`Unknown registry requested: ${registry}`);
    return failure(`Cannot call registry item: ${item}`);
  }
}
