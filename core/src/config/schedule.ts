import type { ScheduledQuery } from '../schedule/query.ts';
import type { ConfigFault } from './fault.ts';
import type { PackDraft } from './pack.ts';

/** Questions about SQL that the engine answers. */
export interface SqlQuestions {
  /** Why a statement would not run; undefined when it would. */
  readonly checkSql: (sql: string) => Promise<string | undefined>;
  /** Whether a statement reads event tables. */
  readonly isEventBased?: (sql: string) => Promise<boolean>;
}

/** Whether what keeps a statement from running may pass: its table is one that an extension has yet to bring, or brings again. */
const mayCome = (reason: string): boolean =>
  / is not responding since |, has not registered yet$/.test(reason) || /^no such table: [\w.]+(?: — |$)/.test(reason);

/** The queries of a pack that can run, with their scheduled names. */
export interface ScheduledPack {
  readonly pack: PackDraft;
  readonly queries: readonly ScheduledQuery[];
}

/** `main` gives its queries no prefix; other packs `pack_PACK_QUERY`, with `delimiter` for the underscores. */
export const scheduledName = (pack: string, query: string, delimiter: string): string =>
  pack === 'main' ? query : ['pack', pack, query].join(delimiter);

/** Gives queries their names and leaves out those whose SQL would not run. */
export async function schedulePacks(
  packs: readonly PackDraft[],
  delimiter: string,
  questions: SqlQuestions,
): Promise<{ readonly scheduled: readonly ScheduledPack[]; readonly faults: readonly ConfigFault[] }> {
  const faults: ConfigFault[] = [];
  const owners = new Map<string, string>();
  const scheduled: ScheduledPack[] = [];
  for (const pack of packs) {
    const queries: ScheduledQuery[] = [];
    for (const draft of pack.queries) {
      const name = scheduledName(pack.name, draft.query.name, delimiter);
      const owner = owners.get(name);
      if (owner !== undefined)
        faults.push(draft.fault('warning', `The query ${name} is scheduled twice; the other one is in ${owner}.`));
      owners.set(name, pack.source);
      const reason = await questions.checkSql(draft.query.query);
      if (reason !== undefined && !mayCome(reason)) {
        faults.push(draft.fault('error', `The query ${name} is not run: ${reason}`));
        continue;
      }
      if (reason !== undefined)
        faults.push(draft.fault('error', `The query ${name} fails until an extension brings its table: ${reason}`));
      const eventBased = (await questions.isEventBased?.(draft.query.query)) === true;
      queries.push({ ...draft.query, name, ...(eventBased && { eventBased }) });
    }
    scheduled.push({ pack, queries });
  }
  return { scheduled, faults };
}
