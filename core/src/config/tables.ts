import type { HostFacts } from './applies.ts';
import { type AutomaticDraft, readAutomaticTables } from './automatic-tables.ts';
import type { Document, Member } from './document.ts';
import type { ConfigFault } from './fault.ts';
import type { ParserKey } from './keys.ts';
import { readViews, type ViewDraft } from './views.ts';

/** What a configuration adds to the tables there are. */
export interface TableDrafts {
  readonly views: readonly ViewDraft[];
  readonly automatic: readonly AutomaticDraft[];
}

/** Has statements use these tables and no others of a configuration. @returns what is wrong with them */
export type ApplyTables = (drafts: TableDrafts) => Promise<readonly ConfigFault[]>;

/** Where keys stand, and where what is wrong with them is told. */
export interface TablesContext {
  readonly document: Document;
  readonly host: HostFacts;
  readonly report: (fault: ConfigFault) => void;
}

/** Reads the keys of a source or a pack that add tables. */
export const readTables = (members: ReadonlyMap<ParserKey, Member>, context: TablesContext): TableDrafts => {
  const views = members.get('views')?.value;
  const automatic = members.get('auto_table_construction')?.value;
  return {
    views: views === undefined ? [] : readViews(views, context),
    automatic: automatic === undefined ? [] : readAutomaticTables(automatic, context),
  };
};

interface Named {
  readonly name: string;
  readonly fault: (message: string) => ConfigFault;
}

/** Of several with one name, whatever the case of its letters, the last: that of the source whose name comes last. */
const lastOf = <Draft extends Named>(drafts: readonly Draft[], faults: ConfigFault[]): Draft[] => {
  const byName = new Map<string, Draft>();
  for (const draft of drafts) {
    const folded = draft.name.toLowerCase();
    const earlier = byName.get(folded);
    if (earlier !== undefined)
      faults.push({
        ...earlier.fault(`${earlier.name} is defined again in a later place, which counts.`),
        severity: 'warning',
      });
    byName.set(folded, draft);
  }
  return [...byName.values()];
};

/** The tables of all sources and packs as one, each name once. */
export const mergeTables = (
  parts: readonly TableDrafts[],
): { readonly drafts: TableDrafts; readonly faults: readonly ConfigFault[] } => {
  const faults: ConfigFault[] = [];
  const views = lastOf(
    parts.flatMap(part => part.views),
    faults,
  );
  const automatic = lastOf(
    parts.flatMap(part => part.automatic),
    faults,
  );
  return { drafts: { views, automatic }, faults };
};
