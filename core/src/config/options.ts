import type { ConfigSources } from '@outpost/sdk';
import type { FlagStore } from '../flags/store.ts';
import type { Clock } from '../schedule/clock.ts';
import type { Speaker } from '../speaker.ts';
import type { HostFacts } from './applies.ts';
import type { ConfigBackup } from './backup.ts';
import type { CallPlugin } from './client.ts';
import type { SqlQuestions } from './schedule.ts';
import type { ApplyTables } from './tables.ts';

/** What the configuration needs from the rest of the agent. */
export interface ConfigOptions extends SqlQuestions {
  /** The name of the active config plugin. */
  readonly plugin: string;
  /** Asks that plugin: `Registry.call` bound to it. */
  readonly call: CallPlugin;
  /** Takes the key `options`; gives the pauses between readings. */
  readonly flags: FlagStore;
  readonly status: Speaker;
  readonly clock: Clock;
  /** Runs a discovery query and gives the number of its rows; rejects when it fails. */
  readonly countRows: (sql: string) => Promise<number>;
  readonly host: HostFacts;
  /** `--pack_delimiter`; an underscore when left out. */
  readonly packDelimiter?: () => string;
  /** `--pack_refresh_interval`, seconds; an hour when left out. */
  readonly packRefreshSeconds?: () => number;
  /** Where the last texts are kept for a start without the plugin; nowhere when left out. */
  readonly backup?: Pick<ConfigBackup, 'save' | 'restore'>;
  /** Takes over the tables that the configuration adds; they are read and have no effect, when left out. */
  readonly applyTables?: ApplyTables;
  /** Called with the texts before they are taken over: for a purge. */
  readonly beforeUpdate?: (sources: ConfigSources) => Promise<void>;
}
