import type { Endpoint } from '../endpoint.ts';
import type { ExtensionResponse, ExtensionStatus, PluginRequest } from '../types.ts';
import type { Caller } from './caller.ts';
import { openCaller } from './open-caller.ts';
import type { CallOptions, ClientOptions } from './options.ts';

/**
 * A connection to an extension, or to the core as far as it is one. Calls may be made at any time; they go out in the order in
 * which they were made, each when the one before it is answered.
 *
 * Each call throws an OutpostError: CALL_DEADLINE; EXTENSION_CALL_FAILED when the other side answers an exception or nothing, or
 * the connection ends; MESSAGE_MALFORMED or MESSAGE_LIMIT when the reply is no message. After a deadline the connection is over.
 */
export class ExtensionClient {
  protected readonly caller: Caller;

  /**
   * Connects.
   *
   * @throws OutpostError SOCKET_NOT_AVAILABLE when nobody listens there, or not within the time
   */
  static async connect(endpoint: Endpoint, options?: ClientOptions): Promise<ExtensionClient> {
    return new ExtensionClient(await openCaller(endpoint, options));
  }

  protected constructor(caller: Caller) {
    this.caller = caller;
  }

  /** Whether the connection is over; then each call fails. */
  get closed(): boolean {
    return this.caller.closed;
  }

  /** Asks whether anybody is there. */
  ping(options?: CallOptions): Promise<ExtensionStatus> {
    return this.caller.ask('ping', [], options);
  }

  /** Asks a plugin. */
  call(registry: string, item: string, request: PluginRequest, options?: CallOptions): Promise<ExtensionResponse> {
    return this.caller.ask('call', [registry, item, request], options);
  }

  /** Says that the core ends. */
  async shutdown(options?: CallOptions): Promise<void> {
    await this.caller.ask('shutdown', [], options);
  }

  /** Ends the connection; calls that are not answered yet fail. */
  close(): void {
    this.caller.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
