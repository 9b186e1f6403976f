import type { Endpoint } from '../endpoint.ts';
import type { LogAnswer } from '../messages/plugins2.ts';
import { closeRows } from '../messages/rows2.ts';
import type { ExtensionResponse, PluginRequest } from '../types.ts';
import type { LogLine, Page, RowWrite, Scan } from '../version2.ts';
import { ExtensionClient } from './extension-client.ts';
import { openCaller } from './open-caller.ts';
import type { CallOptions, ClientOptions } from './options.ts';
import type { PageSource } from './rows.ts';

/**
 * A connection to an extension that speaks version 2. Its calls go out at once and are answered in any order; at most 64 are
 * unanswered, and 1,024 more may wait.
 *
 * Each call throws an OutpostError: what the other side answers, with its code and words; CALL_DEADLINE or CALL_CANCELLED, after
 * which the connection goes on; TOO_MANY_CALLS; EXTENSION_CALL_FAILED when the connection ends.
 */
export class ExtensionClient2 extends ExtensionClient implements PageSource {
  /**
   * Connects.
   *
   * @throws OutpostError SOCKET_NOT_AVAILABLE when nobody listens there, or not within the time
   */
  static override async connect(endpoint: Endpoint, options?: ClientOptions): Promise<ExtensionClient2> {
    return new ExtensionClient2(await openCaller(endpoint, options));
  }

  /** Begins a scan and gives its first page. */
  openRows(scan: Scan, pageBytes: number, options?: CallOptions): Promise<Page> {
    return this.caller.call('openRows', [scan, pageBytes], options);
  }

  /** The next page of a cursor. */
  nextRows(cursor: number, pageBytes: number, options?: CallOptions): Promise<Page> {
    return this.caller.call('nextRows', [cursor, pageBytes], options);
  }

  /** Gives a cursor up. */
  closeRows(cursor: number): void {
    this.caller.tell(closeRows, [cursor]);
  }

  /** Changes a row. @returns the id of an inserted one */
  async write(write: RowWrite, options?: CallOptions): Promise<number | bigint> {
    return (await this.caller.call('write', [write], options)).rowId;
  }

  /** Delivers lines. A failure that left some of them delivered is a part of the answer. */
  logLines(logger: string, lines: readonly LogLine[], options?: CallOptions): Promise<LogAnswer> {
    return this.caller.call('logLines', [logger, lines], options);
  }

  /** Asks a plugin, on terms. */
  ask(registry: string, item: string, request: PluginRequest, options?: CallOptions): Promise<ExtensionResponse> {
    return this.caller.call('ask', [registry, item, request], options);
  }
}
