import { realpathSync } from 'node:fs';
import type { Peer } from '@outpost/protocol';
import { isAlive } from '../alive.ts';
import type { ExtensionPolicy } from './policy.ts';
import type { SupervisedProcesses } from './supervised-processes.ts';

const realOf = (path: string): string => {
  try {
    return realpathSync(path);
  } catch {
    return path; // a program that has gone is known by its name
  }
};

/** How long the supervisor may take to tell of a process that it started, milliseconds. */
const wordMs = 2_000;

/** What tells whose a name is. */
export interface ClaimSources {
  readonly policy: ExtensionPolicy;
  /** The processes that the agent keeps running; nobody's, when left out. */
  readonly processes?: SupervisedProcesses | undefined;
  /** The path of the program whose manifest has a name. */
  readonly announced?: ((name: string) => string | undefined) | undefined;
}

/** Whether the process of a peer has ended. */
export const hasEnded = (peer: Peer): boolean => peer !== undefined && peer.pid > 0 && !isAlive(peer.pid);

/**
 * Keeps names of extensions for those whose they are. A name belongs to the program that the policy says, else to the one whose manifest
 * has it, else to the one of those that the agent keeps running which registered under it first; any other name is anybody's.
 */
export class NameClaims {
  readonly #sources: ClaimSources;
  readonly #taken = new Map<string, string>();

  constructor(sources: ClaimSources) {
    this.#sources = sources;
  }

  /**
   * Why a process may not register under a name; undefined when it may. A process that was only just started may be here before the
   * word of its supervisor: it is waited for a moment.
   */
  async refuses(name: string, peer: Peer): Promise<string | undefined> {
    const { processes } = this.#sources;
    if (processes !== undefined && this.#reason(name, peer) !== undefined && this.#mayBeStarting(name))
      await processes.until(() => this.#reason(name, peer) === undefined, wordMs);
    return this.#reason(name, peer);
  }

  #reason(name: string, peer: Peer): string | undefined {
    const owner = this.#ownerOf(name);
    const own = this.#sources.processes?.of(peer)?.path;
    if (owner === undefined || (own !== undefined && realOf(own) === realOf(owner))) return undefined;
    return `the name ${name} belongs to the program ${owner}`;
  }

  /** Whether the program that has a name is to be started, or its process that we know of has ended. */
  #mayBeStarting(name: string): boolean {
    const owner = realOf(this.#ownerOf(name) ?? '');
    const known = this.#sources.processes?.all.find(({ path }) => realOf(path) === owner);
    return known !== undefined && (known.pid === undefined || !isAlive(known.pid));
  }

  /** Notes who has registered under a name. */
  note(name: string, peer: Peer): void {
    const path = this.#sources.processes?.of(peer)?.path;
    if (path !== undefined) this.#taken.set(name, path);
  }

  /** Whether two peers are one process, or come from one that the agent keeps running. Who cannot be told apart is one. */
  isSame(one: Peer, other: Peer): boolean {
    if (one === undefined || other === undefined) return true;
    if (one.pid === other.pid && one.uid === other.uid) return true;
    const process = this.#sources.processes?.of(one);
    return process !== undefined && process.pid === this.#sources.processes?.of(other)?.pid;
  }

  #ownerOf(name: string): string | undefined {
    const { policy, announced, processes } = this.#sources;
    const taken = this.#taken.get(name);
    const running = processes?.all.some(({ path }) => path === taken) === true ? taken : undefined;
    return policy.programOf(name) ?? announced?.(name) ?? running;
  }
}
