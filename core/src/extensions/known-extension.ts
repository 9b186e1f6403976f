import { type ExtensionInfo, type ExtensionRegistry, OutpostError, type Peer } from '@outpost/protocol';
import type { TableSchema } from '@outpost/sdk';
import type { ExtensionState, Stateful } from './states.ts';

/** What a registration brings. */
export interface Introduction {
  readonly uuid: number;
  readonly info: ExtensionInfo;
  readonly registry: ExtensionRegistry;
  readonly socketPath: string;
  readonly tables: readonly TableSchema[];
  readonly peer: Peer;
}

/** An extension that registered, and how it is. */
export class KnownExtension implements Stateful {
  readonly uuid: number;
  readonly info: ExtensionInfo;
  readonly registry: ExtensionRegistry;
  readonly socketPath: string;
  readonly tables: readonly TableSchema[];
  /** Who registered it, where the kernel says so. */
  readonly peer: Peer;
  /** Milliseconds since the epoch. */
  readonly registeredAt = Date.now();
  /** Fires when nobody has to watch it any more. */
  readonly ending = new AbortController();
  state: ExtensionState = 'starting';
  /** The last sign of life, milliseconds since the epoch. */
  lastSeen = this.registeredAt;
  /** Signs of life that failed to come, in a row. */
  missed = 0;
  /** Since when nobody listens at its socket, milliseconds since the epoch. */
  goneSince: number | undefined;
  /** Calls that it works on. */
  calls = 0;

  constructor({ uuid, info, registry, socketPath, tables, peer }: Introduction) {
    this.uuid = uuid;
    this.info = info;
    this.registry = registry;
    this.socketPath = socketPath;
    this.tables = tables;
    this.peer = peer;
  }

  get name(): string {
    return this.info.name;
  }

  /** Whether calls to it are answered by {@link notResponding} at once. */
  get outOfService(): boolean {
    return this.state === 'suspended' || this.state === 'dead';
  }

  /** What a call to it, or a query on its tables, is told while it is out of service. */
  notResponding(): OutpostError {
    const since = new Date(this.lastSeen).toISOString();
    return new OutpostError('EXTENSION_NOT_RESPONDING', { name: this.name, since });
  }

  /** Notes that it lives. */
  seen(): void {
    this.lastSeen = Date.now();
    this.missed = 0;
    this.goneSince = undefined;
  }

  /** Notes a call in flight, a sign of life by itself. @returns a function that ends it */
  callStarted(): () => void {
    this.calls += 1;
    let over = false;
    return () => {
      if (over) return;
      over = true;
      this.calls -= 1;
    };
  }
}
