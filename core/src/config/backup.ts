import type { ConfigSources } from '@outpost/sdk';
import { reasonOf } from '../reason.ts';
import type { Speaker } from '../speaker.ts';
import type { Operation, Store } from '../storage/store.ts';
import { packText, unpackText } from '../storage/values.ts';

const prefix = 'config_persistence.';
/** How many sources are kept; a configuration has a handful. */
const sourceLimit = 10_000;

/** The last texts of the configuration, in the store: what an agent starts with while its plugin gives nothing. */
export class ConfigBackup {
  readonly #store: Store;
  readonly #status: Speaker;
  readonly #enabled: () => boolean;

  /** @param enabled `--config_enable_backup` */
  constructor(store: Store, status: Speaker, enabled: () => boolean) {
    this.#store = store;
    this.#status = status;
    this.#enabled = enabled;
  }

  /** Keeps the texts of all sources, and those only. Without room for them the configuration is in force all the same. */
  async save(sources: ConfigSources): Promise<void> {
    if (!this.#enabled()) return;
    try {
      const kept = await this.#kept();
      const operations = [
        ...[...kept.keys()].filter(source => !Object.hasOwn(sources, source)).map(remove),
        ...Object.entries(sources).flatMap(([source, text]) => (kept.get(source) === text ? [] : [put(source, text)])),
      ];
      if (operations.length === 0) return;
      this.#status.info('config', 'BackupConfig started');
      await this.#store.batch(operations);
    } catch (error) {
      this.#status.error('config', `The configuration could not be backed up: ${reasonOf(error)}`);
    }
  }

  /** The texts that were kept last; undefined when there are none, or backups are off. */
  async restore(): Promise<ConfigSources | undefined> {
    if (!this.#enabled()) return undefined;
    try {
      const kept = await this.#kept();
      if (kept.size === 0) return undefined;
      this.#status.info('config', 'Restoring backed up config from the database');
      return Object.fromEntries(kept);
    } catch (error) {
      this.#status.error('config', `The backed up configuration could not be read: ${reasonOf(error)}`);
      return undefined;
    }
  }

  async #kept(): Promise<Map<string, string>> {
    const found = await this.#store.scan('configurations', { prefix, limit: sourceLimit });
    return new Map(found.map(([key, value]) => [key.slice(prefix.length), unpackText(value)]));
  }
}

const put = (source: string, text: string): Operation => ({
  type: 'put',
  domain: 'configurations',
  key: `${prefix}${source}`,
  value: packText(text),
});

const remove = (source: string): Operation => ({
  type: 'delete',
  domain: 'configurations',
  key: `${prefix}${source}`,
});
