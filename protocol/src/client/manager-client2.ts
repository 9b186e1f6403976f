import type { Endpoint } from '../endpoint.ts';
import { closeRows } from '../messages/rows2.ts';
import type { ExtensionInfo, ExtensionRegistry, ExtensionResponse, PluginRequest } from '../types.ts';
import type {
  EventAnswer,
  EventPush,
  Lease,
  LeaseAnswer,
  LeaseGrant,
  Page,
  RegistryUpdate,
  TableDocument,
} from '../version2.ts';
import { ExtensionManagerClient } from './manager-client.ts';
import { openCaller } from './open-caller.ts';
import type { CallOptions, ClientOptions } from './options.ts';
import type { PageSource } from './rows.ts';

/** A connection to a manager that speaks version 2; calls go as those of `ExtensionClient2`. */
export class ExtensionManagerClient2 extends ExtensionManagerClient implements PageSource {
  /**
   * Connects.
   *
   * @throws OutpostError SOCKET_NOT_AVAILABLE when nobody listens there, or not within the time
   */
  static override async connect(endpoint: Endpoint, options?: ClientOptions): Promise<ExtensionManagerClient2> {
    return new ExtensionManagerClient2(await openCaller(endpoint, options));
  }

  /** Registers an extension. */
  openLease(
    info: ExtensionInfo,
    registry: ExtensionRegistry,
    tables: readonly TableDocument[],
    options?: CallOptions,
  ): Promise<LeaseGrant> {
    return this.caller.call('openLease', [info, registry, tables], options);
  }

  /** Gives a sign of life. */
  renew(lease: Lease, options?: CallOptions): Promise<LeaseAnswer> {
    return this.caller.call('renew', [lease], options);
  }

  /** Changes the plugins of a living lease. */
  updateRegistry(lease: Lease, update: RegistryUpdate, options?: CallOptions): Promise<LeaseGrant> {
    return this.caller.call('updateRegistry', [lease, update], options);
  }

  /** Runs a statement in the core and gives the first page of its rows. */
  openQuery(sql: string, pageBytes: number, options?: CallOptions): Promise<Page> {
    return this.caller.call('openQuery', [sql, pageBytes], options);
  }

  /** The next page of a cursor. */
  nextRows(cursor: number, pageBytes: number, options?: CallOptions): Promise<Page> {
    return this.caller.call('nextRows', [cursor, pageBytes], options);
  }

  /** Gives a cursor up. */
  closeRows(cursor: number): void {
    this.caller.tell(closeRows, [cursor]);
  }

  /** Asks a plugin of the core, on terms. */
  ask(registry: string, item: string, request: PluginRequest, options?: CallOptions): Promise<ExtensionResponse> {
    return this.caller.call('ask', [registry, item, request], options);
  }

  /** Hands over events. */
  pushEvents(lease: Lease, push: EventPush, options?: CallOptions): Promise<EventAnswer> {
    return this.caller.call('pushEvents', [lease, push], options);
  }
}
