import { type ExtensionInfo, type ExtensionRegistry, type Lease, OutpostError, type Peer } from '@outpost/protocol';
import type { TableSchema } from '@outpost/sdk';
import { LeaseLine } from './lease-line.ts';
import type { ExtensionState, Stateful } from './states.ts';

/** What an extension brings. */
export interface Offer {
  readonly registry: ExtensionRegistry;
  readonly tables: readonly TableSchema[];
  /** Which of its tables take writes; undefined where it speaks version 1, which does not say. */
  readonly writable?: readonly string[];
}

/** What a registration brings. */
export interface Introduction {
  readonly uuid: number;
  /** Set when it speaks version 2. */
  readonly generation?: number;
  readonly info: ExtensionInfo;
  readonly offer: Offer;
  readonly socketPath: string;
  readonly peer: Peer;
}

/** An extension that registered, and how it is. */
export class KnownExtension implements Stateful {
  readonly uuid: number;
  readonly info: ExtensionInfo;
  readonly socketPath: string;
  /** What it brings now; an extension that holds a lease may change it. */
  offer: Offer;
  /** What it holds, and how it is called, when it speaks version 2. */
  readonly leased: { readonly lease: Lease; readonly line: LeaseLine } | undefined;
  /** Who registered it, where the kernel says so. */
  readonly peer: Peer;
  /** Milliseconds since the epoch. */
  readonly registeredAt = Date.now();
  /** Fires when nobody has to watch it any more. */
  readonly ending = new AbortController();
  state: ExtensionState = 'starting';
  /** The last sign of life, milliseconds since the epoch. */
  lastSeen = this.registeredAt;
  /** When it last renewed its lease, milliseconds since the epoch. */
  renewedAt = 0;
  /** Signs of life that failed to come, in a row. */
  missed = 0;
  /** Since when nobody listens at its socket, milliseconds since the epoch. */
  goneSince: number | undefined;
  /** Calls that it works on. */
  calls = 0;

  constructor({ uuid, generation, info, offer, socketPath, peer }: Introduction) {
    this.uuid = uuid;
    this.info = info;
    this.offer = offer;
    this.socketPath = socketPath;
    this.peer = peer;
    this.leased =
      generation === undefined ? undefined : { lease: { uuid, generation }, line: new LeaseLine(socketPath) };
  }

  get registry(): ExtensionRegistry {
    return this.offer.registry;
  }

  get tables(): readonly TableSchema[] {
    return this.offer.tables;
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

  /** Notes that it renewed its lease. */
  renewed(): void {
    this.renewedAt = Date.now();
    this.seen();
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
