import { type Lease, leaseStates, OutpostError } from '@outpost/protocol';

/** How many replaced leases are remembered; then the oldest is as unknown as any other. */
const replacedLimit = 1024;

/** The generations of leases, and which of them went to a successor. */
export class Leases {
  /** Those of an agent that was started later are higher. */
  #last = Date.now();
  /** Generations, oldest first. */
  readonly #replaced = new Set<number>();

  /** The next generation. */
  next(): number {
    this.#last += 1;
    return this.#last;
  }

  /** Notes that a lease went to a successor. */
  replaced({ generation }: Lease): void {
    this.#replaced.add(generation);
    const [oldest] = this.#replaced;
    if (this.#replaced.size > replacedLimit && oldest !== undefined) this.#replaced.delete(oldest);
  }

  /** Whether a lease went to a successor. */
  wasReplaced({ generation }: Lease): boolean {
    return this.#replaced.has(generation);
  }

  /** The error for who uses a lease that is not held. */
  failure({ uuid, generation }: Lease, state: number): OutpostError {
    return state === leaseStates.replaced
      ? new OutpostError('LEASE_REPLACED', { extension: String(uuid) })
      : new OutpostError('LEASE_UNKNOWN', { uuid, generation });
  }
}
