import { bigint, defineTable, double, integer, type TableDefinition, text } from '@outpost/sdk';
import type { ExtensionDescription } from '../extensions/manager.ts';

/** The table `outpost_extensions`. @param extensions those that registered and were not forgotten */
export const outpostExtensions = (extensions: () => readonly ExtensionDescription[]): TableDefinition =>
  defineTable({
    name: 'outpost_extensions',
    description: 'Extensions that registered, with their state.',
    attributes: { utility: true },
    examples: [
      "select name, state, datetime(last_seen, 'unixepoch') as last_seen from outpost_extensions where state <> 'ready'",
    ],
    columns: {
      uuid: bigint('Route identifier, new at each registration'),
      name: text('Name under which it registered'),
      state: text('starting, ready, unresponsive, suspended or dead'),
      last_seen: double('Its last sign of life, seconds since the epoch'),
      pid: integer('The process that registered it; null where the system does not say'),
      uid: bigint('The user of that process'),
      tables: text('Its tables, comma-separated'),
      path: text('Its socket'),
    },
    generate: () =>
      extensions().map(({ uuid, name, state, lastSeen, peer, tables, path }) => ({
        uuid,
        name,
        state,
        last_seen: lastSeen / 1000,
        pid: peer?.pid ?? null,
        uid: peer?.uid ?? null,
        tables: tables.join(','),
        path,
      })),
  }) as TableDefinition;
