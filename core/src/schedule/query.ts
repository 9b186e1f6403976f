/** A query of the schedule, with everything that decides when and how it runs. */
export interface ScheduledQuery {
  /** The scheduled name: with that of its pack, as log lines have it. */
  readonly name: string;
  readonly query: string;
  /** Seconds, as configured. */
  readonly interval: number;
  /** The name without its pack, by which the splayed interval is remembered. */
  readonly splayName?: string;
  /** Logs all rows each time instead of what changed. */
  readonly snapshot?: boolean;
  /** Whether removed rows are logged; true when left out. */
  readonly removed?: boolean;
  /** Whether it may be put on the denylist; true when left out. */
  readonly denylist?: boolean;
  /** Runs at the first tick, too. The order of queries is the caller's. */
  readonly startupPriority?: number;
  /** Reads event tables, which give only new rows: no difference is made. */
  readonly eventBased?: boolean;
}
