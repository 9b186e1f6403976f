import { reasonOf } from '../reason.ts';
import type { Speaker } from '../speaker.ts';
import type { PackDraft } from './pack.ts';

/** How long a decision holds that was made because a query failed, seconds: its table may come with an extension. */
const failedSeconds = 60;

/** What is known about the discovery of a pack, as `osquery_packs` has it. */
export interface DiscoveryState {
  readonly active: boolean;
  readonly hits: number;
  readonly executions: number;
}

interface Decision extends DiscoveryState {
  /** Milliseconds of a clock that only goes forward. */
  readonly until: number;
}

/** What discovery needs. */
export interface DiscoveryOptions {
  readonly status: Speaker;
  /** Runs SQL and gives the number of rows. */
  readonly countRows: (sql: string) => Promise<number>;
  readonly monotonic: () => number;
  /** `--pack_refresh_interval` */
  readonly refreshSeconds: () => number;
}

/** Whether packs are for this machine now: when each of their discovery queries gives a row. Decisions hold for a while. */
export class Discovery {
  readonly #options: DiscoveryOptions;
  readonly #decisions = new Map<string, Decision>();

  constructor(options: DiscoveryOptions) {
    this.#options = options;
  }

  /** Whether a pack may run now. */
  async decide(pack: PackDraft): Promise<boolean> {
    const key = keyOf(pack);
    const known = this.#decisions.get(key);
    const now = this.#options.monotonic();
    if (known !== undefined && now < known.until) {
      this.#decisions.set(key, { ...known, hits: known.hits + 1 });
      return known.active;
    }
    const { active, failed } = await this.#ask(pack);
    const seconds = failed ? failedSeconds : this.#options.refreshSeconds();
    const executions = (known?.executions ?? 0) + 1;
    this.#decisions.set(key, { active, hits: known?.hits ?? 0, executions, until: now + seconds * 1000 });
    return active;
  }

  /** What is known about a pack. */
  state(pack: PackDraft): DiscoveryState {
    const { active, hits, executions } = this.#decisions.get(keyOf(pack)) ?? { active: true, hits: 0, executions: 0 };
    return { active, hits, executions };
  }

  /** Forgets what is known about the packs of a source. */
  forget(source: string): void {
    for (const key of this.#decisions.keys()) if (key.startsWith(`${source}\0`)) this.#decisions.delete(key);
  }

  async #ask({ discovery }: PackDraft): Promise<{ active: boolean; failed: boolean }> {
    for (const sql of discovery) {
      try {
        if ((await this.#options.countRows(sql)) === 0) return { active: false, failed: false };
      } catch (error) {
        const reason = reasonOf(error);
        this.#options.status.warning('config', `Discovery query failed (${sql}): ${reason}`);
        return { active: false, failed: true };
      }
    }
    return { active: true, failed: false };
  }
}

const keyOf = ({ source, name }: PackDraft): string => `${source}\0${name}`;
