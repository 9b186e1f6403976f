import { defineTable, integer, type TableDefinition, text } from '@outpost/sdk';
import type { ExtensionRights } from '../extensions/policy.ts';

/** The table `outpost_extension_policy`. @param entries the rights of extensions, by name */
export const outpostExtensionPolicy = (
  entries: () => readonly (readonly [extension: string, rights: ExtensionRights])[],
): TableDefinition =>
  defineTable({
    name: 'outpost_extension_policy',
    description: 'What extensions may do, by --extensions_policy.',
    attributes: { utility: true },
    examples: ["select extension, calls from outpost_extension_policy where extension in ('inventory', '*')"],
    columns: {
      extension: text('Name of an extension; * for all others, and for processes that are none'),
      program: text('The program that alone may have the name; null for any'),
      registries: text('Registries in which it may have plugins, comma-separated; * stands for any characters'),
      tables: text('Tables it may have'),
      calls: text('What it may call in the agent, as REGISTRY/ITEM'),
      query: integer('1 when it may ask queries'),
    },
    generate: () =>
      entries().map(([extension, { program, registries, tables, calls, query }]) => ({
        extension,
        program: program ?? null,
        registries: registries.join(','),
        tables: tables.join(','),
        calls: calls.join(','),
        query: query ? 1 : 0,
      })),
  }) as TableDefinition;
