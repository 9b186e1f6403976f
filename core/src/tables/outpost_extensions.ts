import { bigint, defineTable, double, integer, type TableDefinition, text } from '@outpost/sdk';
import type { ExtensionDescription } from '../extensions/manager.ts';

/** The table `outpost_extensions`. @param extensions those that registered and were not forgotten, and those that the agent has started */
export const outpostExtensions = (extensions: () => readonly ExtensionDescription[]): TableDefinition =>
  defineTable({
    name: 'outpost_extensions',
    description: 'Extensions that registered, and those that the agent has started, with their state.',
    attributes: { utility: true },
    examples: [
      "select name, state, datetime(last_seen, 'unixepoch') as last_seen from outpost_extensions where state <> 'ready'",
    ],
    columns: {
      uuid: bigint('Route identifier, new at each registration; 0 before the first'),
      name: text('Name under which it registered; before that, the name of its file'),
      state: text(
        'starting, ready, unresponsive, suspended or dead; unregistered: it runs, and has not registered in time',
      ),
      last_seen: double('Its last sign of life, or when its process started or ended, seconds since the epoch'),
      pid: integer('The process that registered it; null where the system does not say'),
      uid: bigint('The user of that process'),
      tables: text('Its tables, comma-separated'),
      path: text('Its socket'),
      program: text('The file that the agent keeps running; null when it was started by somebody else'),
    },
    generate: () =>
      extensions().map(({ uuid, name, state, lastSeen, peer, tables, path, program }) => ({
        uuid,
        name,
        state,
        last_seen: lastSeen / 1000,
        pid: peer?.pid ?? null,
        uid: peer?.uid ?? null,
        tables: tables.join(','),
        path,
        program: program ?? null,
      })),
  }) as TableDefinition;
