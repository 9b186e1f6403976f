import type { ConfigSources } from '@outpost/sdk';
import { reasonOf } from '../reason.ts';
import type { ScheduledQuery } from '../schedule/query.ts';
import { ConfigClient } from './client.ts';
import type { DecoratorQueries } from './decorators.ts';
import { Discovery, type DiscoveryState } from './discovery.ts';
import { membersOf, plainValue } from './document.ts';
import { type ConfigFault, sourceFault } from './fault.ts';
import type { ParserKey } from './keys.ts';
import type { ConfigOptions } from './options.ts';
import type { PackDraft } from './pack.ts';
import { repeat } from './repeat.ts';
import { Reporter } from './reporter.ts';
import { type ScheduledPack, schedulePacks } from './schedule.ts';
import { packsOf, type Section, sectionsOf } from './source.ts';
import { Sources, type TextFault } from './sources.ts';
import { mergeTables, type TableDrafts } from './tables.ts';

/** How often packs with discovery queries are looked at, seconds; more often where `--pack_refresh_interval` is short. */
const discoverySeconds = 60;

/** Is told the schedule after each change of the configuration. */
export type ScheduleListener = (schedule: readonly ScheduledQuery[]) => void | Promise<void>;

/** A row of `osquery_packs`. */
export interface PackRow extends DiscoveryState {
  readonly name: string;
  readonly platform: string;
  readonly version: string;
  readonly shard: number | undefined;
}

/**
 * The configuration: fetched from the active plugin, parsed, merged in the byte order of source names, and taken over. A source whose
 * new text is broken stays as it was; a query that cannot run is left out and the others run.
 */
export class Config {
  readonly #options: ConfigOptions;
  readonly #client: ConfigClient;
  readonly #sources = new Sources();
  readonly #discovery: Discovery;
  readonly #reporter: Reporter;
  readonly #listeners = new Set<ScheduleListener>();
  readonly #stopped = new AbortController();
  #loops: readonly Promise<void>[] = [];
  #fetched: ConfigSources = {};
  #pushed: ConfigSources = {};
  #sections: readonly Section[] = [];
  #packs: readonly PackDraft[] = [];
  #scheduled: readonly ScheduledPack[] = [];
  #schedule: readonly ScheduledQuery[] = [];
  #buildFaults: readonly TextFault[] = [];
  #tables: TableDrafts = { views: [], automatic: [] };
  #sqlFaults: readonly ConfigFault[] = [];
  #failure: ConfigFault | undefined;
  #valid = false;
  #restored = false;
  #work: Promise<unknown> = Promise.resolve();
  /** The check of the SQL that was asked for and has not begun. */
  #reconsidering: Promise<void> | undefined;

  constructor(options: ConfigOptions) {
    const { status, clock, countRows, packRefreshSeconds = () => 3600 } = options;
    this.#options = options;
    this.#client = new ConfigClient(options.plugin, options.call, this.#stopped.signal);
    this.#reporter = new Reporter(status);
    this.#discovery = new Discovery({
      status,
      countRows,
      monotonic: () => clock.monotonic(),
      refreshSeconds: packRefreshSeconds,
    });
  }

  /** Whether the plugin gave a configuration, even a broken one: `osquery_info.config_valid`. */
  get valid(): boolean {
    return this.#valid;
  }

  /** `osquery_info.config_hash`; empty unless valid. */
  get hash(): string {
    return this.#valid ? this.#sources.hash : '';
  }

  /** The queries that may run now. */
  get schedule(): readonly ScheduledQuery[] {
    return this.#schedule;
  }

  /** What is wrong with the configuration as it is. */
  get faults(): readonly ConfigFault[] {
    return this.#standing().map(({ fault }) => fault);
  }

  /** The rows of `osquery_packs`. */
  packRows(): PackRow[] {
    return this.#packs.map(pack => {
      const { name, platform, version, shard, applies } = pack;
      const state = this.#discovery.state(pack);
      return { name, platform, version, shard, ...state, active: applies && state.active };
    });
  }

  /** The values of a key other than the schedule's, by source and in their order; those of packs have `SOURCE_PACK`. */
  get(key: ParserKey): readonly { readonly source: string; readonly value: unknown }[] {
    return this.#sections.flatMap(({ source, values }) =>
      values.has(key) ? [{ source, value: values.get(key) }] : [],
    );
  }

  /** The decorators of each source, and of packs as `SOURCE_PACK`. */
  get decorators(): ReadonlyMap<string, DecoratorQueries> {
    return new Map(
      this.#sections.flatMap(({ source, decorators }) => (decorators === undefined ? [] : [[source, decorators]])),
    );
  }

  /** Calls back with the schedule after each change of the configuration; returns what ends it. */
  onChange(listener: ScheduleListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Fetches the configuration for the first time; then again and again, as `--config_refresh` has it. */
  async load(): Promise<boolean> {
    const fetched = await this.refresh();
    this.#start();
    return fetched;
  }

  /** Fetches the configuration. Says what is wrong in the status log; false when the plugin gave none. */
  refresh(): Promise<boolean> {
    return this.#exclusively(async () => {
      this.#options.status.verbose('config', 'Refreshing configuration state');
      const fetched = await this.#fetch();
      if (fetched !== undefined) {
        this.#fetched = fetched;
        this.#valid = true;
        await this.#takeOver();
      } else if (!this.#stopped.signal.aborted) {
        await this.#restore();
        this.#reporter.report(this.#standing());
      }
      return fetched !== undefined;
    });
  }

  /** Fetches the configuration for `--config_check`; gives what is wrong with it. */
  async check(): Promise<readonly ConfigFault[]> {
    await this.refresh();
    return this.faults.filter(({ severity }) => severity === 'error');
  }

  /** The texts of all sources, fetched anew and not taken over: `--config_dump`. @throws OutpostError CONFIG_UNAVAILABLE */
  dump(): Promise<ConfigSources> {
    return this.#client.sources();
  }

  /** Takes over the text of one source that was pushed here: the action `update` of config plugins. */
  update(source: string, text: string): Promise<void> {
    return this.#exclusively(async () => {
      this.#pushed = { ...this.#pushed, [source]: text };
      await this.#takeOver();
    });
  }

  /** Checks the SQL of all queries again: tables came or went. Calls are one until it begins: an extension brings many tables. */
  reconsider(): Promise<void> {
    this.#reconsidering ??= this.#exclusively(() => {
      this.#reconsidering = undefined;
      return this.#settle(false);
    });
    return this.#reconsidering;
  }

  /** Ends the reading. Resolves when nothing is being taken over any more. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#work;
    await Promise.all(this.#loops);
  }

  #start(): void {
    const { clock, flags } = this.#options;
    const { signal } = this.#stopped;
    if (this.#loops.length > 0) return;
    const again = (): number =>
      this.#failure === undefined ? flags.get('config_refresh') : flags.get('config_accelerated_refresh');
    const refreshing = flags.get('config_refresh') > 0 ? [repeat(clock, signal, again, () => this.refresh())] : [];
    const { packRefreshSeconds = () => 3600 } = this.#options;
    const discovering = repeat(
      clock,
      signal,
      () => Math.min(discoverySeconds, packRefreshSeconds() / 2),
      () => this.#exclusively(() => this.#decide(true)),
    );
    this.#loops = [...refreshing, discovering];
  }

  /** One change at a time. */
  #exclusively<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#work.then(work);
    this.#work = done.catch(() => undefined);
    return done;
  }

  /** The texts of the plugin; undefined when it gave none, which is a fault until it gives some. */
  async #fetch(): Promise<ConfigSources | undefined> {
    try {
      const texts = await this.#client.sources();
      this.#failure = undefined;
      return texts;
    } catch (error) {
      if (!this.#stopped.signal.aborted)
        this.#failure = sourceFault(this.#options.plugin, `Error reading config: ${reasonOf(error)}`);
      return undefined;
    }
  }

  /** With the first reading failed, what was in force when the last process ended takes its place. */
  async #restore(): Promise<void> {
    if (this.#valid || this.#restored) return;
    this.#restored = true;
    const texts = await this.#options.backup?.restore();
    if (texts === undefined) return;
    this.#fetched = texts;
    await this.#takeOver();
  }

  async #takeOver(): Promise<void> {
    const texts = { ...this.#fetched, ...this.#pushed };
    await this.#prepare(texts);
    const changed = await this.#sources.update(texts, (name, value) => this.#client.pack(name, value));
    await this.#options.backup?.save(this.#fetched);
    if (changed.length === 0) return this.#reporter.report(this.#standing());
    for (const source of changed) this.#discovery.forget(source);
    this.#build();
    await this.#settle(true);
  }

  /** What is to be done before may fail, as with a full disk: the configuration counts all the same. */
  async #prepare(texts: ConfigSources): Promise<void> {
    try {
      await this.#options.beforeUpdate?.(texts);
    } catch (error) {
      const text = `The database could not be cleared of what an earlier configuration left: ${reasonOf(error)}`;
      this.#options.status.warning('config', text);
    }
  }

  /** Reads what the texts hold: options first, since they decide how the rest is read. */
  #build(): void {
    const { host, flags, packDelimiter = () => '_' } = this.#options;
    const faults: TextFault[] = [];
    const add = (fault: ConfigFault): void => void faults.push({ hash: '', fault });
    const parts = this.#sources.parsed.map(source => sectionsOf(source, host, packDelimiter()));
    this.#sections = parts.flatMap(({ sections }) => sections);
    for (const part of parts) part.faults.forEach(add);
    const tables = mergeTables(this.#sections.map(section => section.tables));
    tables.faults.forEach(add);
    this.#tables = tables.drafts;
    for (const { document, options } of this.#sections)
      for (const [name, { key, value }] of membersOf(options))
        for (const message of flags.applyOptions({ [name]: plainValue(value) }))
          add(document.fault(key, 'warning', message));
    const defaultInterval = (): number => flags.get('schedule_default_interval');
    this.#packs = this.#sources.parsed.flatMap(source => packsOf(source, { host, defaultInterval, report: add }));
    this.#buildFaults = faults;
  }

  async #settle(tell: boolean): Promise<void> {
    const { packDelimiter = () => '_' } = this.#options;
    const tableFaults = (await this.#options.applyTables?.(this.#tables)) ?? [];
    const { scheduled, faults } = await schedulePacks(this.#packs, packDelimiter(), this.#options);
    this.#scheduled = scheduled;
    this.#sqlFaults = [...tableFaults, ...faults];
    this.#reporter.report(this.#standing());
    await this.#decide(!tell);
  }

  /** Asks which packs are for this machine now, and tells the schedule. */
  async #decide(onlyChanges: boolean): Promise<void> {
    const schedule: ScheduledQuery[] = [];
    for (const { pack, queries } of this.#scheduled)
      if (pack.applies && (await this.#discovery.decide(pack))) schedule.push(...queries);
    const same = JSON.stringify(schedule) === JSON.stringify(this.#schedule);
    this.#schedule = schedule;
    if (onlyChanges && same) return;
    for (const listener of this.#listeners) {
      try {
        await listener(schedule);
      } catch (error) {
        const reason = reasonOf(error);
        this.#options.status.error('config', `A new configuration could not be taken over everywhere: ${reason}`);
      }
    }
  }

  #standing(): readonly { readonly key: string; readonly fault: ConfigFault }[] {
    const failure = this.#failure === undefined ? [] : [{ key: '', fault: this.#failure }];
    const texts = [...this.#sources.faults, ...this.#buildFaults].map(({ hash, fault }) => ({ key: hash, fault }));
    return [...failure, ...texts, ...this.#sqlFaults.map(fault => ({ key: '', fault }))];
  }
}
