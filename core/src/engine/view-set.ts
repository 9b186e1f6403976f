import type { CatalogTable, ViewChange } from './catalog.ts';

/** Names that stand for tables, in lower case as SQLite compares them. */
const namesOf = (tables: Iterable<CatalogTable>): Set<string> => {
  const names = new Set<string>();
  for (const { name, aliases } of tables) for (const each of [name, ...aliases]) names.add(each.toLowerCase());
  return names;
};

/** The views that a configuration has, and those of them that connections have: a table of the same name goes before a view. */
export class ViewSet {
  #wanted: ReadonlyMap<string, string> = new Map();
  #made: ReadonlyMap<string, string> = new Map();

  /** Views that connections have now, with the texts of their statements. */
  get made(): ReadonlyMap<string, string> {
    return this.#made;
  }

  /** Takes the place of all views that were wanted before. */
  want(views: ReadonlyMap<string, string>): void {
    this.#wanted = views;
  }

  /** What connections have to change, now that these are the tables; undefined for nothing. */
  settle(tables: Iterable<CatalogTable>): ViewChange | undefined {
    if (this.#wanted.size + this.#made.size === 0) return undefined;
    const taken = namesOf(tables);
    const before = this.#made;
    const made = new Map([...this.#wanted].filter(([name]) => !taken.has(name.toLowerCase())));
    this.#made = made;
    const set = [...made].filter(([name, sql]) => before.get(name) !== sql);
    const removed = [...before.keys()].filter(name => !made.has(name));
    return set.length + removed.length === 0 ? undefined : { set, removed };
  }
}
