import type { Lane } from './lane.ts';

/** What the queries of a lane have come to since the start. */
export interface LaneTally {
  queries: number;
  failures: number;
  wallMs: number;
  cpuMs: number;
  rows: number;
}

/** Counts queries by lane. */
export class Tally {
  readonly lanes = new Map<Lane, LaneTally>();

  /** Counts a query that gave a result. */
  succeeded(
    lane: Lane,
    { rowCount, stats }: { rowCount: number; stats: { wallMs: number; userMs: number; systemMs: number } },
  ): void {
    const tally = this.#of(lane);
    tally.queries += 1;
    tally.wallMs += stats.wallMs;
    tally.cpuMs += stats.userMs + stats.systemMs;
    tally.rows += rowCount;
  }

  /** Counts a query that failed. */
  failed(lane: Lane, wallMs: number): void {
    const tally = this.#of(lane);
    tally.queries += 1;
    tally.failures += 1;
    tally.wallMs += wallMs;
  }

  #of(lane: Lane): LaneTally {
    const known = this.lanes.get(lane);
    if (known !== undefined) return known;
    const fresh: LaneTally = { queries: 0, failures: 0, wallMs: 0, cpuMs: 0, rows: 0 };
    this.lanes.set(lane, fresh);
    return fresh;
  }
}
