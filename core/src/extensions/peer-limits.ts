import type { Peer } from '@outpost/protocol';

/** How many requests of one process may be in work at once. */
export const requestsPerPeer = 64;

/** Counts the requests that each process has in work, so that none takes all of the agent. */
export class PeerLimits {
  readonly #inWork = new Map<number, number>();

  /**
   * Takes a place for a request of a process.
   * @returns what gives it back; undefined when the process has too many in work. Who cannot be told apart is not counted.
   */
  enter(peer: Peer): (() => void) | undefined {
    if (peer === undefined) return () => undefined;
    const { pid } = peer;
    const count = this.#inWork.get(pid) ?? 0;
    if (count >= requestsPerPeer) return undefined;
    this.#inWork.set(pid, count + 1);
    return () => {
      const left = (this.#inWork.get(pid) ?? 1) - 1;
      if (left === 0) this.#inWork.delete(pid);
      else this.#inWork.set(pid, left);
    };
  }
}
