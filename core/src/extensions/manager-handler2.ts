import type {
  CallConnection,
  CallContext,
  ExtensionInfo,
  ExtensionManagerHandler2,
  ExtensionRegistry,
  ExtensionResponse,
  Lease,
  LeaseAnswer,
  LeaseGrant,
  Page,
  PluginRequest,
  RegistryUpdate,
  TableDocument,
} from '@outpost/protocol';
import { ManagerHandler, type ManagerParts } from './manager-handler.ts';
import type { QueryCursors } from './query-cursors.ts';

/** What answers the messages of version 2. */
export interface ManagerParts2 extends ManagerParts {
  /** How often leases are to be renewed, milliseconds. */
  readonly intervalMs: number;
  readonly cursors: QueryCursors;
}

/** Answers the messages to the manager of both versions. */
export class ManagerHandler2 extends ManagerHandler implements ExtensionManagerHandler2 {
  readonly #parts: ManagerParts2;
  readonly #open: Promise<void>;

  /** @param open resolves when registrations may begin */
  constructor(parts: ManagerParts2, open: Promise<void>) {
    super(parts, open);
    this.#parts = parts;
    this.#open = open;
  }

  async openLease(
    info: ExtensionInfo,
    registry: ExtensionRegistry,
    tables: readonly TableDocument[],
    { connection }: CallContext,
  ): Promise<LeaseGrant> {
    await this.#open;
    const lease = await this.#parts.registrar.openLease(info, registry, tables, connection.peer);
    return { lease, intervalMs: this.#parts.intervalMs };
  }

  renew(lease: Lease): LeaseAnswer {
    const { state, extension } = this.#parts.registrar.leaseOf(lease);
    extension?.renewed();
    return { state, intervalMs: this.#parts.intervalMs };
  }

  async updateRegistry(lease: Lease, update: RegistryUpdate, { connection }: CallContext): Promise<LeaseGrant> {
    await this.#parts.registrar.update(lease, update, connection.peer);
    return { lease, intervalMs: this.#parts.intervalMs };
  }

  async ask(
    registry: string,
    item: string,
    request: PluginRequest,
    { connection, signal }: CallContext,
  ): Promise<ExtensionResponse> {
    return this.call(registry, item, request, connection.peer, signal);
  }

  openQuery(sql: string, pageBytes: number, call: CallContext): Promise<Page> {
    const { peer } = call.connection;
    return this.queried(peer, () =>
      this.#parts.cursors.open(sql, pageBytes, call, this.#parts.registrar.ownerOf(peer)?.uuid),
    );
  }

  nextRows(cursor: number, pageBytes: number, call: CallContext): Promise<Page> {
    return this.#parts.cursors.next(cursor, pageBytes, call);
  }

  closeRows(cursor: number, connection: CallConnection): void {
    this.#parts.cursors.close(cursor, connection);
  }
}
