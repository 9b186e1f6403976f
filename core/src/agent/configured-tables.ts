import type { Row, TableDefinition, TableSchema } from '@outpost/sdk';
import type { AutomaticDraft } from '../config/automatic-tables.ts';
import type { ConfigFault } from '../config/fault.ts';
import type { TableDrafts } from '../config/tables.ts';
import type { ViewDraft } from '../config/views.ts';
import type { CatalogTable } from '../engine/catalog.ts';
import type { Engine } from '../engine/engine.ts';
import { quotedName } from '../engine/quoted-name.ts';
import { rowsOf } from '../engine/rows.ts';
import { automaticSchema } from '../engine/sources/automatic-table.ts';
import { reasonOf } from '../reason.ts';
import { patternsModule, tableEnabled } from './bundled.ts';
import type { Core } from './core.ts';

/** How long a call of an extension for the rows of an automatic table may take, milliseconds. */
const callMs = 300_000;

/** An automatic table as extensions call it. Its rows come by a query, since files are not read on the main thread. */
const callable = (engine: Engine, schema: TableSchema): TableDefinition => ({
  kind: 'table',
  name: schema.name,
  schema,
  asynchronous: true,
  generate: async () => {
    const result = await engine.query(`select * from ${schema.name}`, { lane: 'extension', deadlineMs: callMs });
    return rowsOf(result) as Iterable<Row>;
  },
});

const keyOf = ({ query, path, columns }: AutomaticDraft): string => JSON.stringify([query, path, columns]);

/** The tables and views that the configuration adds to those that there are. */
export class ConfiguredTables {
  readonly #core: Core;
  /** The automatic tables that there are, and what each is made of. */
  readonly #automatic = new Map<string, string>();

  constructor(core: Core) {
    this.#core = core;
  }

  /** Has statements use these, and no others of a configuration. @returns what is wrong with them */
  readonly apply = async ({ automatic, views }: TableDrafts): Promise<readonly ConfigFault[]> => [
    ...(await this.#applyAutomatic(automatic)),
    ...(await this.#applyViews(views)),
  ];

  async #applyAutomatic(drafts: readonly AutomaticDraft[]): Promise<readonly ConfigFault[]> {
    const taken = this.#taken();
    const free = drafts.filter(({ name }) => !taken.has(name.toLowerCase()));
    const wanted = new Map(free.map(draft => [draft.name, keyOf(draft)]));
    for (const [name, key] of this.#automatic) if (wanted.get(name) !== key) this.#remove(name);
    const added = free.filter(({ name }) => !this.#automatic.has(name));
    if (added.length > 0) this.#add(added, await patternsModule());
    return drafts
      .filter(draft => !free.includes(draft))
      .map(({ name, fault }) => fault(`ATC Table: ${name} overrides core table; Refusing registration`));
  }

  /** A text that cannot be a view is left out; one whose tables are not there yet may be used once they are. */
  async #applyViews(drafts: readonly ViewDraft[]): Promise<readonly ConfigFault[]> {
    const { engine } = this.#core;
    const faults: ConfigFault[] = [];
    const sound: ViewDraft[] = [];
    for (const draft of drafts) {
      const reason = await engine.viewFault(draft.sql);
      if (reason === undefined) sound.push(draft);
      else faults.push(draft.fault(`Error creating view (${draft.name}): ${reason}`));
    }
    engine.catalog.setViews(new Map(sound.map(({ name, sql }) => [name, sql])));
    for (const draft of sound) {
      const reason = await this.#unusable(draft);
      if (reason !== undefined) faults.push(draft.fault(reason));
    }
    return faults;
  }

  async #unusable({ name }: ViewDraft): Promise<string | undefined> {
    const { engine } = this.#core;
    if (!engine.catalog.views().has(name)) return `The view ${name} is left out: there is a table of that name.`;
    try {
      await engine.columns(`select * from ${quotedName(name)}`);
      return undefined;
    } catch (error) {
      return `The view ${name} cannot be used now: ${reasonOf(error)}`;
    }
  }

  #add(drafts: readonly AutomaticDraft[], patterns: string): void {
    const { engine, registry, flags, status } = this.#core;
    const tables = drafts.map(({ name, query, path, columns }): CatalogTable & { readonly schema: TableSchema } => ({
      name,
      aliases: [],
      placement: { kind: 'automatic', patterns, query, path, columns },
      schema: automaticSchema(name, { query, path, columns }),
    }));
    for (const { schema } of tables) registry.addLocal(callable(engine, schema));
    engine.catalog.set(...tables.filter(({ name }) => tableEnabled(flags, name)));
    for (const draft of drafts) this.#automatic.set(draft.name, keyOf(draft));
    for (const { name } of drafts) status.info('config', `ATC table: ${name} Registered`);
  }

  #remove(name: string): void {
    const { engine, registry } = this.#core;
    this.#automatic.delete(name);
    registry.removeLocal('table', name);
    engine.catalog.remove(name);
  }

  /** The names of others' tables, in lower case as SQLite compares them. */
  #taken(): ReadonlySet<string> {
    const names = this.#core.tableNames().filter(name => !this.#automatic.has(name));
    const aliases = this.#core.engine.catalog.tables().flatMap(table => table.aliases);
    return new Set([...names, ...aliases].map(name => name.toLowerCase()));
  }
}
