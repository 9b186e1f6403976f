import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** The directories of a spool. */
export interface Folders {
  /** Where people put `ID.sql` and `ID.json`. */
  readonly queries: string;
  /** Files that were handed out and have no result yet. */
  readonly running: string;
  /** One `ID.json` for each result. */
  readonly results: string;
  /** Files that do not parse, each with `ID.error` beside it. */
  readonly rejected: string;
}

/** Where the directories of a spool are. */
export const foldersOf = (directory: string): Folders => ({
  queries: join(directory, 'queries'),
  running: join(directory, 'running'),
  results: join(directory, 'results'),
  rejected: join(directory, 'rejected'),
});

/** Makes directories that are not there, for their owner only: who may write here runs queries as the agent. */
export async function makeFolders(folders: Folders): Promise<void> {
  for (const path of Object.values(folders)) await mkdir(path, { recursive: true, mode: 0o700 });
}

/** The names of a directory that are queries, sorted; temporary and hidden files are not. */
export async function queryNames(path: string): Promise<string[]> {
  const names = await readdir(path);
  return names.filter(name => /^[^.].*\.(sql|json)$/s.test(name)).sort();
}
