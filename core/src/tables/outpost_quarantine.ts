import { createHash } from 'node:crypto';
import { bigint, defineTable, integer, type TableDefinition, text } from '@outpost/sdk';
import type { QuarantineEntry } from '../schedule/quarantine.ts';

/** What the table needs of the quarantine. */
export interface QuarantineView {
  rows(): readonly QuarantineEntry[];
  /** Lets a query go; false when it is not held. */
  lift(name: string): Promise<boolean>;
}

/** A row id that stays with its query, so that a row read before is the row deleted after: 48 bits, exact as a number. */
const rowIdOf = (name: string): number =>
  Number.parseInt(createHash('sha256').update(name).digest('hex').slice(0, 12), 16);

/** The table `outpost_quarantine`: deleting a row lets its query run. @param quarantine undefined where nothing is scheduled */
export const outpostQuarantine = (quarantine: () => QuarantineView | undefined): TableDefinition =>
  defineTable({
    name: 'outpost_quarantine',
    description:
      'Scheduled queries that did harm and are not run for a while; delete a row to let its query run at once.',
    attributes: { utility: true },
    examples: [
      "select query, reason, evidence, strikes, datetime(until, 'unixepoch') as until from outpost_quarantine",
      "delete from outpost_quarantine where query = 'pack_it_file_hashes'",
    ],
    columns: {
      query: text('Scheduled name of the query'),
      reason: text('What it did: ended the agent, limit, deadline, rows, bytes, cpu, memory or thread'),
      evidence: text('The figures, as a sentence'),
      strikes: integer('How often it has done harm'),
      since: bigint('When it was last found guilty, seconds since the epoch'),
      until: bigint('When it may run again, seconds since the epoch'),
    },
    generate: () =>
      (quarantine()?.rows() ?? []).map(({ query, reason, evidence, strikes, since, until }) => ({
        rowid: rowIdOf(query),
        query,
        reason,
        evidence,
        strikes,
        since,
        until,
      })),
    async delete(rowid) {
      const held = quarantine();
      const entry = held?.rows().find(({ query }) => rowIdOf(query) === Number(rowid));
      if (entry !== undefined) await held?.lift(entry.query);
    },
  }) as TableDefinition;
