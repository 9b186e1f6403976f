import type { FileView } from '@outpost/sdk';
import type { Losses } from './losses.ts';
import { quietly } from './quietly.ts';

/** The paths of the files in a directory, sorted, links to files included, hidden ones not. `directory` ends with a slash. */
export function plainFiles(files: FileView, directory: string, losses: Losses): string[] {
  const entries = losses.attempt(directory, () => files.readdirTypes(directory)) ?? [];
  return entries
    .filter(({ name }) => !name.startsWith('.'))
    .filter(
      entry =>
        entry.isFile() || (entry.isSymbolicLink() && quietly(() => files.stat(directory + entry.name))?.isFile()),
    )
    .map(({ name }) => directory + name)
    .sort();
}
