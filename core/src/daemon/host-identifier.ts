import { createHash, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

/** Where identifiers that outlive the process are kept: a synchronous view of the store's domain `configurations`. */
export interface IdentifierStore {
  get(key: string): string | undefined;
  set(key: string, value: string): void;
}

/** UUIDs that machines carry when nobody gave them one of their own. */
const placeholders = new Set([
  '00000000-0000-0000-0000-000000000000',
  '03000200-0400-0500-0006-000700080009',
  '03020100-0504-0706-0809-0a0b0c0d0e0f',
  '10000000-0000-8000-0040-000000000000',
]);

const productUuid = (path = '/sys/class/dmi/id/product_uuid'): string | undefined => {
  try {
    const uuid = readFileSync(path, 'utf8').trim();
    return uuid === '' || placeholders.has(uuid.toLowerCase()) ? undefined : uuid;
  } catch {
    // No firmware tables, or not root: the machine has no UUID that we could know.
    return undefined;
  }
};

const stored = (store: IdentifierStore, key: string, make: () => string): string => {
  const known = store.get(key);
  if (known !== undefined && known !== '') return known;
  const made = make();
  store.set(key, made);
  return made;
};

/**
 * The identifier that log lines carry, by the rules of `--host_identifier`: `hostname` (read anew each time), `uuid` (the
 * firmware's, else a stored random one), `instance` (stored, one for each database), `ephemeral` (one for each process),
 * `specified` (`--specified_identifier`, else the host name). Anything else is taken as `hostname`.
 */
export class HostIdentifier {
  readonly #store: IdentifierStore;
  #hostUuid: string | undefined;
  #ephemeral: string | undefined;

  constructor(store: IdentifierStore) {
    this.#store = store;
  }

  /** The firmware's UUID, or one that was made and kept. */
  get hostUuid(): string {
    if (this.#hostUuid !== undefined) return this.#hostUuid;
    const firmware = productUuid();
    if (firmware !== undefined) this.#store.set('host_uuid_v3', firmware);
    this.#hostUuid = firmware ?? stored(this.#store, 'host_uuid_v3', randomUUID);
    return this.#hostUuid;
  }

  /** One for each database. */
  get instanceId(): string {
    return stored(this.#store, 'instance_uuid_v1', randomUUID);
  }

  /** @param kind `--host_identifier`; @param specified `--specified_identifier` */
  get(kind: string, specified: string): string {
    switch (kind) {
      case 'uuid':
        return this.hostUuid;
      case 'instance':
        return this.instanceId;
      case 'ephemeral':
        this.#ephemeral ??= randomUUID();
        return this.#ephemeral;
      case 'specified':
        return specified === '' ? hostname() : specified;
      default:
        return hostname();
    }
  }
}

/** This machine's place among 0…100 shards: the first byte of the SHA-1 of its host name, scaled down. */
export const machineShard = (name: string = hostname()): number =>
  Math.trunc(((createHash('sha1').update(name).digest()[0] ?? 0) * 100) / 255);
