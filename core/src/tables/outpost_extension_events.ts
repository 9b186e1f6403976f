import { bigint, defineTable, double, type TableDefinition, text } from '@outpost/sdk';
import type { ExtensionEvent } from '../extensions/states.ts';

/** The table `outpost_extension_events`. @param events the last changes, oldest first */
export const outpostExtensionEvents = (events: () => readonly ExtensionEvent[]): TableDefinition =>
  defineTable({
    name: 'outpost_extension_events',
    description: 'Changes of state of extensions.',
    attributes: { utility: true },
    examples: [
      "select extension, datetime(time, 'unixepoch') as at, reason from outpost_extension_events where new_state = 'suspended'",
    ],
    columns: {
      time: double('When it happened, seconds since the epoch'),
      uuid: bigint('Route identifier of the registration'),
      extension: text('Name under which it registered'),
      old_state: text('starting, ready, unresponsive, suspended or dead; empty for a registration'),
      new_state: text('The same, or deregistered, replaced or stopped'),
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
