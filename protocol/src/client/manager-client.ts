import type { Endpoint } from '../endpoint.ts';
import type { ExtensionInfo, ExtensionRegistry, ExtensionResponse, ExtensionStatus, OptionInfo } from '../types.ts';
import { ExtensionClient } from './extension-client.ts';
import { openCaller } from './open-caller.ts';
import type { CallOptions, ClientOptions } from './options.ts';

/** A connection to the core's extension manager. */
export class ExtensionManagerClient extends ExtensionClient {
  /**
   * Connects.
   *
   * @throws OutpostError SOCKET_NOT_AVAILABLE when nobody listens there, or not within the time
   */
  static override async connect(endpoint: Endpoint, options?: ClientOptions): Promise<ExtensionManagerClient> {
    return new ExtensionManagerClient(await openCaller(endpoint, options));
  }

  /** The registered extensions by uuid, the core not among them. */
  extensions(callOptions?: CallOptions): Promise<Map<number, ExtensionInfo>> {
    return this.caller.ask('extensions', [], callOptions);
  }

  /** The flags of the core by name. */
  options(callOptions?: CallOptions): Promise<Map<string, OptionInfo>> {
    return this.caller.ask('options', [], callOptions);
  }

  /** Registers an extension; the status carries its uuid. */
  registerExtension(
    info: ExtensionInfo,
    registry: ExtensionRegistry,
    callOptions?: CallOptions,
  ): Promise<ExtensionStatus> {
    return this.caller.ask('registerExtension', [info, registry], callOptions);
  }

  /** Takes an extension back. */
  deregisterExtension(uuid: number, callOptions?: CallOptions): Promise<ExtensionStatus> {
    return this.caller.ask('deregisterExtension', [uuid], callOptions);
  }

  /** Runs a statement in the core. */
  query(sql: string, callOptions?: CallOptions): Promise<ExtensionResponse> {
    return this.caller.ask('query', [sql], callOptions);
  }

  /** The columns that a statement would give: one row a column, its name to its type. */
  getQueryColumns(sql: string, callOptions?: CallOptions): Promise<ExtensionResponse> {
    return this.caller.ask('getQueryColumns', [sql], callOptions);
  }
}
