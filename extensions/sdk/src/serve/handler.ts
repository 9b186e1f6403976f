import {
  type CallConnection,
  type CallContext,
  Cursors,
  type ExtensionHandler2,
  type ExtensionResponse,
  type ExtensionStatus,
  type LogAnswer,
  type LogLine,
  OutpostError,
  type Page,
  type Peer,
  type PluginRequest,
  type RowWrite,
  type Scan,
  usualPageBytes,
} from '@outpost/protocol';
import { failure, type HostHooks } from '../answer.ts';
import { withDeadline } from '../deadline.ts';
import { logLines } from '../logger/host2.ts';
import type { TableDefinition } from '../table/definition.ts';
import { applyWrite, openScan } from '../table/host2.ts';
import type { Plugins } from './plugins.ts';

/** How long a call may take when its caller says nothing: osquery's `thrift_timeout`, in milliseconds. */
export const callDeadlineMs = 300_000;

const knownRegistries = new Set(['config', 'distributed', 'logger', 'table']);

/** Answers the manager's messages to the extension `uuid`, in both versions of the protocol. */
export class PluginServer implements ExtensionHandler2 {
  readonly #plugins: Plugins;
  readonly #hooks: HostHooks;
  readonly #deadlineMs: number;
  readonly #cursors = new Cursors();
  /** The number the manager gave this extension; it changes with each registration. */
  uuid = 0;

  constructor(plugins: Plugins, hooks: HostHooks, deadlineMs: number) {
    this.#plugins = plugins;
    this.#hooks = hooks;
    this.#deadlineMs = deadlineMs;
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

  ask(registry: string, item: string, request: PluginRequest, { signal }: CallContext): Promise<ExtensionResponse> {
    return this.call(registry, item, request, undefined, signal);
  }

  openRows(scan: Scan, pageBytes: number, call: CallContext): Promise<Page> {
    const bytes = pageBytes > 0 ? pageBytes : usualPageBytes;
    return this.#cursors.open(pageBytes, call, () => openScan(this.#table(scan.table), scan, bytes, this.#hooks));
  }

  nextRows(cursor: number, pageBytes: number, call: CallContext): Promise<Page> {
    return this.#cursors.next(cursor, pageBytes, call);
  }

  closeRows(cursor: number, connection: CallConnection): void {
    this.#cursors.close(cursor, connection);
  }

  write(write: RowWrite): Promise<{ readonly rowId: number | bigint }> {
    return applyWrite(this.#table(write.table), write);
  }

  logLines(logger: string, lines: readonly LogLine[]): Promise<LogAnswer> {
    const definition = this.#plugins.get('logger', logger)?.definition;
    if (definition?.kind === 'logger') return logLines(definition, lines);
    throw new OutpostError('PLUGIN_FAILED', { message: `Cannot call registry item: ${logger}` });
  }

  #table(name: string): TableDefinition {
    const definition = this.#plugins.get('table', name)?.definition;
    if (definition?.kind === 'table') return definition;
    throw new OutpostError('PLUGIN_FAILED', { message: `Cannot call registry item: ${name}` });
  }

  async #answer(
    [registry, item, request]: readonly [registry: string, item: string, request: PluginRequest],
    signal?: AbortSignal,
  ): Promise<ExtensionResponse> {
    const plugin = this.#plugins.get(registry, item)?.handler;
    if (plugin !== undefined)
      return withDeadline({ timeoutMs: this.#deadlineMs, signal }, within => plugin(request, { signal: within }));
    if (!this.#plugins.has(registry) && !knownRegistries.has(registry))
      return failure(`Unknown registry requested: ${registry}`);
    return failure(`Cannot call registry item: ${item}`);
  }
}
