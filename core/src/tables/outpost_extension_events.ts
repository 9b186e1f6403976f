import { bigint, defineTable, double, type TableDefinition, text } from '@outpost/sdk';
import type { ExtensionEvent } from '../extensions/states.ts';

/** The table `outpost_extension_events`. @param events the last changes, oldest first */
export const outpostExtensionEvents = (events: () => readonly ExtensionEvent[]): TableDefinition =>
  defineTable({
    name: 'outpost_extension_events',
    description: 'Changes of state of extensions, and of the processes that the agent keeps running for them.',
    attributes: { utility: true },
    examples: [
      "select extension, datetime(time, 'unixepoch') as at, reason from outpost_extension_events where new_state = 'suspended'",
    ],
    columns: {
      time: double('When it happened, seconds since the epoch'),
      uuid: bigint('Route identifier of the registration; 0 for a process'),
      extension: text('Name under which it registered; for a process, that of its file'),
      old_state: text('starting, ready, unresponsive, suspended or dead; empty for a registration and a process'),
      new_state: text('The same, or deregistered, replaced or stopped; for a process started, unregistered or ended'),
      reason: text('Why'),
    },
    generate: () =>
      events().map(({ time, uuid, extension, from = '', to, reason }) => ({
        time: time / 1000,
        uuid,
        extension,
        old_state: from,
        new_state: to,
        reason,
      })),
  }) as TableDefinition;
