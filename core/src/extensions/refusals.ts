import type { Peer } from '@outpost/protocol';
import type { Speaker } from '../speaker.ts';

/** What a process was refused, and how often. Times are milliseconds since the epoch. */
export interface Refusal {
  /** The extension that the process is, or wanted to be; '' when it is none. */
  readonly extension: string;
  /** The process that was refused last. */
  pid: number | undefined;
  readonly uid: number | undefined;
  /** What it asked for. */
  readonly action: 'register' | 'deregister' | 'call' | 'query';
  /** What it asked it of: REGISTRY/ITEM, an extension; '' for a query. */
  readonly target: string;
  readonly reason: string;
  readonly first: number;
  last: number;
  count: number;
}

/** How many different refusals are kept; then the one that is longest past goes. */
const refusalLimit = 500;

/** What processes were refused at the socket. Each is said once in the status log, and counted from then on. */
export class Refusals {
  readonly #status: Speaker;
  readonly #refusals = new Map<string, Refusal>();

  constructor(status: Speaker) {
    this.#status = status;
  }

  /** Notes a refusal. @returns its reason, for the answer */
  note(extension: string, peer: Peer, action: Refusal['action'], target: string, reason: string): string {
    const key = JSON.stringify([extension, peer?.uid, action, target, reason]);
    const now = Date.now();
    const known = this.#refusals.get(key);
    if (known !== undefined) {
      known.count += 1;
      known.last = now;
      known.pid = peer?.pid;
      return reason;
    }
    const { pid, uid } = peer ?? { pid: undefined, uid: undefined };
    this.#refusals.set(key, { extension, pid, uid, action, target, reason, first: now, last: now, count: 1 });
    if (this.#refusals.size > refusalLimit) this.#forgetOldest();
    const who = extension === '' ? `The process ${pid ?? 'of unknown number'}` : `The extension ${extension}`;
    this.#status.warning(
      'extensions',
      `${who} was refused to ${target === '' ? action : `${action} ${target}`}: ${reason}`,
    );
    return reason;
  }

  /** Why a registration was refused last, as a sentence with a blank before it; '' when none was. */
  sentenceAbout(who: { readonly extension: string } | { readonly pid: number }): string {
    const about =
      'extension' in who
        ? (refusal: Refusal) => refusal.extension === who.extension
        : (refusal: Refusal) => refusal.pid === who.pid;
    const refusal = this.rows().findLast(({ action, ...rest }) => action === 'register' && about({ action, ...rest }));
    return refusal === undefined ? '' : ` Its registration was refused: ${refusal.reason}.`;
  }

  /** All refusals that are remembered. */
  rows(): readonly Refusal[] {
    return [...this.#refusals.values()];
  }

  #forgetOldest(): void {
    const [oldest] = [...this.#refusals].sort(([, left], [, right]) => left.last - right.last);
    if (oldest !== undefined) this.#refusals.delete(oldest[0]);
  }
}
