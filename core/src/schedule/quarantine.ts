import type { HeldText } from '../engine/engine.ts';
import { reasonOf } from '../reason.ts';
import type { Speaker } from '../speaker.ts';
import type { Operation, Store } from '../storage/store.ts';
import { packValue, unpackValue } from '../storage/values.ts';
import { isInnocent, type LastEnd } from '../watchdog/last-end.ts';
import { type RunningQuery, recordedText } from '../watchdog/run-record.ts';
import { hashOf, markEnded, unendedQueries } from './marks.ts';
import type { ScheduledQuery } from './query.ts';

/** What a query was found guilty of. */
export type Guilt = 'ended the agent' | 'limit' | 'deadline' | 'rows' | 'bytes' | 'cpu' | 'memory' | 'thread';

/** A query in quarantine, or one that was not long ago. Times are seconds since the epoch. */
export interface QuarantineEntry {
  /** The scheduled name. */
  readonly query: string;
  /** Of the SQL: an edited query is not guilty of what it did before. */
  readonly hash: string;
  readonly reason: Guilt;
  /** The figures, as a sentence. */
  readonly evidence: string;
  readonly strikes: number;
  readonly since: number;
  readonly until: number;
  /** Whether its time is over; it is remembered for the next strike. */
  readonly over: boolean;
  /** Set when it is no query of the schedule, and is held by its text, whoever asks it. */
  readonly text?: true;
}

/** What a quarantine needs from the rest of the agent. */
export interface QuarantineOptions {
  readonly store: Store;
  readonly status: Speaker;
  /** Seconds since the epoch. */
  readonly now: () => number;
  /** `--schedule_strikes`: back-off by strikes; false for a flat day, as osquery has it. */
  readonly strikes: () => boolean;
}

/** How long a query is held after each strike, seconds: 5 minutes, 30 minutes, 4 hours, a day. */
const terms = [300, 1800, 14_400, 86_400] as const;
const daySeconds = 86_400;
/** A query that has done no harm for so long after its last term begins without strikes, seconds. */
const memorySeconds = 7 * daySeconds;
/** How many queries are remembered; beyond, the one whose term ended first is forgotten. */
const entryLimit = 1000;

/** What a query did that ran when the agent was ended. */
const guiltOf = (
  end: LastEnd | undefined,
  ran: Pick<RunningQuery, 'table'> | undefined,
  figure?: string,
): readonly [Guilt, string] => {
  const reason = end?.reason ?? 'The agent was ended';
  const table = ran === undefined || ran.table === '' ? '' : `; the table that it asked last is ${ran.table}`;
  return [
    end?.by === 'limit' ? 'limit' : 'ended the agent',
    `${reason} while it ran${table}${figure === undefined ? '' : `; ${figure}`}.`,
  ];
};

/** Whether a query has no name of its own, by which it would be known when it comes again. */
const hasNoName = ({ lane, name }: RunningQuery): boolean =>
  lane === 'extension' || (lane === 'scheduled' && (name === 'decorator' || name === 'discovery'));

const termText = (seconds: number): string =>
  seconds < 3600 ? `${seconds / 60} minutes` : seconds === daySeconds ? 'a day' : `${seconds / 3600} hours`;

/**
 * Queries that did harm: one that is found guilty is not run for a while, longer with each strike. What osquery calls its denylist.
 */
export class Quarantine {
  readonly #options: QuarantineOptions;
  readonly #entries: Map<string, QuarantineEntry>;
  readonly #mentioned = new Set<string>();

  private constructor(options: QuarantineOptions, entries: Map<string, QuarantineEntry>) {
    this.#options = options;
    this.#entries = entries;
  }

  /**
   * Reads what is stored, and the marks of queries that did not end.
   * @param blame whether those queries are guilty: only under a watchdog, which has ended them
   * @param end how the last worker ended; when it is known which query was to blame, the others that ran are not
   */
  static async load(options: QuarantineOptions, blame: boolean, end?: LastEnd): Promise<Quarantine> {
    const { store, status } = options;
    const bytes = await store.get('configurations', 'failed_queries');
    const stored = bytes === undefined ? [] : (unpackValue(bytes) as QuarantineEntry[]);
    const quarantine = new Quarantine(options, new Map(stored.map(entry => [entry.query, entry])));
    const unended = await unendedQueries(store);
    for (const { name, hash } of unended) {
      status.warning('scheduler', `Scheduled query may have failed: ${name}`);
      if (blame) quarantine.#blame(name, hash, end);
    }
    if (blame && end !== undefined) quarantine.#blameTexts(end);
    await store.batch([...unended.map(({ name }) => markEnded(name)), quarantine.#save()]);
    return quarantine;
  }

  /** Holds a query that was under way when the agent was ended, unless another one is known to be to blame. */
  #blame(name: string, hash: string, end: LastEnd | undefined): void {
    const culprit = end?.culprit;
    const ran = end?.running?.find(query => query.lane === 'scheduled' && query.name === name);
    if (end !== undefined && isInnocent({ lane: 'scheduled', name }, end)) return;
    this.#hold(name, hash, ...guiltOf(end, culprit ?? ran, culprit?.figure));
  }

  /**
   * Holds what else ran by its text: decorators, discovery queries, and what extensions and clients of the socket ask; not on the mere suspicion
   * that it was one of them, though. Live queries have marks of their own.
   */
  #blameTexts(end: LastEnd): void {
    const { running = [], culprit } = end;
    for (const query of running) {
      const suspect = culprit !== undefined || running.length === 1;
      if (!suspect || isInnocent(query, end) || !hasNoName(query)) continue;
      const name = `${query.name}: ${query.sql.slice(0, 80)}`;
      this.#hold(name, hashOf(query.sql), ...guiltOf(end, query, culprit?.figure));
      const entry = this.#entries.get(name);
      if (entry !== undefined) this.#entries.set(name, { ...entry, text: true });
    }
  }

  /** Why a text must not be run by itself, if it must not: see {@link load}. */
  heldText(sql: string): HeldText | undefined {
    const texts = this.rows().filter(({ text }) => text);
    if (texts.length === 0) return undefined;
    const hash = hashOf(recordedText(sql));
    const entry = texts.find(row => row.hash === hash);
    if (entry === undefined) return undefined;
    if (!this.#isOver(entry)) return { until: new Date(entry.until * 1000).toISOString(), evidence: entry.evidence };
    void this.#release(entry.query, { ...entry, over: true });
    return undefined;
  }

  /** The queries that are held now. */
  rows(): readonly QuarantineEntry[] {
    return [...this.#entries.values()].filter(({ over }) => !over);
  }

  /** Whether a query is held now. */
  has(name: string): boolean {
    return this.#entries.get(name)?.over === false;
  }

  /** Whether a query must not run now. One whose term is over, whose SQL was edited, or that is not to be held, is let go. */
  async denies({ name, query, denylist }: ScheduledQuery): Promise<boolean> {
    const entry = this.#entries.get(name);
    if (entry === undefined || entry.over) return false;
    if (entry.hash !== hashOf(query)) {
      this.#options.status.info('scheduler', `The query ${name} was edited and leaves the quarantine.`);
      await this.#release(name, undefined);
      return false;
    }
    if (this.#isOver(entry) || denylist === false) {
      this.#options.status.info('scheduler', `Scheduled denylisted query has expired: ${name}`);
      await this.#release(name, { ...entry, over: true });
      return false;
    }
    if (!this.#mentioned.has(name)) {
      this.#mentioned.add(name);
      const text = 'The caller does not want denied queries, skipping denied scheduled query';
      this.#options.status.warning('scheduler', `${text}: ${name}`);
    }
    return true;
  }

  /** Holds a query that did harm, unless its option `denylist` forbids it. */
  async strike({ name, query, denylist }: ScheduledQuery, reason: Guilt, evidence: string): Promise<void> {
    if (denylist === false) return;
    this.#hold(name, hashOf(query), reason, evidence);
    await this.#keep();
  }

  /** Lets a query go and forgets its strikes. False when it is not held. */
  async lift(name: string): Promise<boolean> {
    if (!this.has(name)) return false;
    this.#options.status.info('scheduler', `The query ${name} was released from the quarantine.`);
    await this.#release(name, undefined);
    return true;
  }

  /** Whether the term of a query is over. When the clock was set back, the term begins anew: it was not meant to last until the old time comes again. */
  #isOver(entry: QuarantineEntry): boolean {
    const now = this.#options.now();
    if (now >= entry.since) return now > entry.until;
    this.#entries.set(entry.query, { ...entry, since: now, until: now + (entry.until - entry.since) });
    return false;
  }

  /** A query that is held has not begun since: it is struck once for a run, whoever finds it guilty first. */
  #hold(query: string, hash: string, reason: Guilt, evidence: string): void {
    if (this.has(query)) return;
    const { now, strikes, status } = this.#options;
    const since = now();
    const before = this.#entries.get(query);
    const remembered = before?.hash === hash && before.until + memorySeconds > since ? before.strikes : 0;
    const count = remembered + 1;
    const seconds = strikes() ? (terms[Math.min(count, terms.length) - 1] ?? daySeconds) : daySeconds;
    this.#entries.delete(query);
    this.#entries.set(query, {
      query,
      hash,
      reason,
      evidence,
      strikes: count,
      since,
      until: since + seconds,
      over: false,
    });
    if (this.#entries.size > entryLimit) this.#forgetOldest();
    status.warning(
      'scheduler',
      `The query ${query} is in quarantine for ${termText(seconds)} (strike ${count}, ${reason}): ${evidence} ` +
        'To let it run at once, delete its row from outpost_quarantine.',
    );
  }

  #forgetOldest(): void {
    const [oldest] = [...this.#entries.values()].sort((left, right) => left.until - right.until);
    if (oldest !== undefined) this.#entries.delete(oldest.query);
  }

  async #release(name: string, remembered: QuarantineEntry | undefined): Promise<void> {
    if (remembered === undefined) this.#entries.delete(name);
    else this.#entries.set(name, remembered);
    this.#mentioned.delete(name);
    await this.#keep();
  }

  /** Stores the list; when that fails it is as it was at the next start, and the schedule goes on. */
  async #keep(): Promise<void> {
    try {
      await this.#options.store.batch([this.#save()]);
    } catch (error) {
      const reason = reasonOf(error);
      this.#options.status.warning('scheduler', `The quarantine could not be stored: ${reason}`);
    }
  }

  #save(): Operation {
    return {
      type: 'put',
      domain: 'configurations',
      key: 'failed_queries',
      value: packValue([...this.#entries.values()]),
    };
  }
}
