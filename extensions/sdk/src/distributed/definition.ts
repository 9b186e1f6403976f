import type { PluginContext } from '../answer.ts';
import { checkPlugin, seal } from '../definition.ts';

/** Live queries to run. */
export interface DistributedRead {
  /** SQL by query id. */
  readonly queries: Readonly<Record<string, string>>;
  /** SQL by query id: the query of that id runs only where this gives a row. */
  readonly discovery?: Readonly<Record<string, string>>;
  /** For so many seconds the core asks again every few seconds. */
  readonly accelerate?: number;
}

/** What a finished query cost; what was not measured is 0. */
export interface DistributedStats {
  readonly wallTimeMs: number;
  readonly userTimeMs: number;
  readonly systemTimeMs: number;
  readonly memoryBytes: number;
}

/** The outcome of one live query. */
export interface DistributedResult {
  readonly id: string;
  readonly rows: readonly Readonly<Record<string, string>>[];
  /** 0 when the query ran, 1 when it failed. */
  readonly status: number;
  /** The error's text, empty when the query ran. */
  readonly message: string;
  /** Absent for a query that was not run. */
  readonly stats?: DistributedStats;
}

/** The outcomes of live queries. */
export type DistributedResults = readonly DistributedResult[];

/** What a distributed plugin's author writes. */
export interface DistributedSpec {
  /** The value of `--distributed_plugin` that chooses this plugin. */
  readonly name: string;
  /** One sentence: where live queries come from. */
  readonly description: string;
  /** Fetches queries; the JSON text of a {@link DistributedRead} is passed on as it is. */
  getQueries(context: PluginContext): DistributedRead | string | Promise<DistributedRead | string>;
  /** Takes results; `json` is the text they came in. A failure makes the core send them again. */
  writeResults(results: DistributedResults, json: string, context: PluginContext): void | Promise<void>;
}

/** A distributed plugin, checked: made by {@link defineDistributed} only. */
export interface DistributedDefinition extends DistributedSpec {
  readonly kind: 'distributed';
}

/**
 * Defines a plugin that brings in live queries and takes their results.
 *
 * @throws OutpostError DEFINITION_INVALID, naming every fault at once.
 */
export function defineDistributed(spec: DistributedSpec): DistributedDefinition {
  checkPlugin('distributed', spec, { required: ['getQueries', 'writeResults'], optional: [] });
  const { name, description } = spec;
  return seal<DistributedDefinition>({
    kind: 'distributed',
    name,
    description,
    getQueries: context => spec.getQueries(context),
    writeResults: (...call) => spec.writeResults(...call),
  });
}
