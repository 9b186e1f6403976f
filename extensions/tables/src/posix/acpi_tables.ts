import { hash } from 'node:crypto';
import { defineTable, type FileView, integer, text } from '@outpost/sdk';
import { quietly } from '../lib/quietly.ts';

const directory = '/sys/firmware/acpi/tables';
/** The directories of tables that were loaded later, and of their data, are not nested. */
const maxDepth = 3;

/** The paths of the tables below a directory, with those of its directories after its own. */
function* tablesBelow(files: FileView, place: string, depth: number): Generator<string> {
  const entries = quietly(() => files.readdirTypes(place)) ?? [];
  const sorted = entries.toSorted((left, right) => (left.name < right.name ? -1 : 1));
  for (const entry of sorted) if (entry.isFile()) yield `${place}/${entry.name}`;
  if (depth < maxDepth)
    for (const entry of sorted) if (entry.isDirectory()) yield* tablesBelow(files, `${place}/${entry.name}`, depth + 1);
}

/** What the firmware tells the kernel about the machine. */
export const acpiTables = defineTable({
  name: 'acpi_tables',
  description: 'ACPI tables exported by the firmware, with size and MD5.',
  platforms: ['linux', 'macos'],
  examples: ['select name, size, md5 from acpi_tables'],
  columns: {
    name: text('Name of the table; several may have the same with a number behind it'),
    size: integer('Size in bytes; -1 when it may not be read, which only root may'),
    md5: text('MD5 of its content', { collate: 'nocase' }),
  },
  *generate({ files }) {
    for (const path of tablesBelow(files, directory, 0)) {
      const name = path.slice(path.lastIndexOf('/') + 1);
      const content = quietly(() => files.readFile(path));
      yield content === undefined ? { name, size: -1 } : { name, size: content.length, md5: hash('md5', content) };
    }
  },
});
