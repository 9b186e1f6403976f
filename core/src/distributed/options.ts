import type { ExtensionResponse, PluginRequest } from '@outpost/protocol';
import type { WrittenRow } from '@outpost/sdk';
import type { Clock } from '../schedule/clock.ts';
import type { Speaker } from '../speaker.ts';
import type { Store } from '../storage/store.ts';
import type { LastEnd } from '../watchdog/last-end.ts';

/** What a live query gave. */
export interface LiveResult {
  readonly rows: readonly WrittenRow[];
  readonly stats: {
    readonly wallMs: number;
    readonly userMs: number;
    readonly systemMs: number;
    readonly memoryBytes?: number;
  };
}

/** Runs SQL in the lane of live queries, within its deadline and budgets; rejects with the error's text. */
export type RunLiveQuery = (
  sql: string,
  options: { readonly name: string; readonly signal: AbortSignal },
) => Promise<LiveResult>;

/** What flags say about live queries; asked for anew at each use. */
export interface DistributedSettings {
  /** `--distributed_interval` */
  readonly intervalSeconds: number;
  /** `--distributed_denylist_duration`: a day when left out. */
  readonly denylistSeconds?: number;
  /** `--distributed_loginfo` */
  readonly logQueries?: boolean;
}

/** What live queries need from the rest of the agent. */
export interface DistributedOptions {
  /** The name of the active distributed plugin. */
  readonly plugin: string;
  /** Asks that plugin: `Registry.call` bound to it. */
  readonly call: (request: PluginRequest) => Promise<ExtensionResponse>;
  readonly store: Store;
  readonly status: Speaker;
  readonly clock: Clock;
  readonly runQuery: RunLiveQuery;
  readonly settings: () => DistributedSettings;
  /** How the last worker ended, if that was trouble. */
  readonly lastEnd?: LastEnd | undefined;
}
