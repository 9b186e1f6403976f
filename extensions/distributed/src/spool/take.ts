import { lstat, rename } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { DistributedRead } from '@outpost/sdk';
import { type Folders, queryNames } from './folders.ts';
import { maxFileBytes } from './query-file.ts';
import { type QueryFile, type RunningFiles, readQueryFile } from './running.ts';
import { syncDirectory, writeAtomically } from './write-file.ts';

/** The most files that are taken at once; the others wait for the next read. */
export const filesAtOnce = 100;

/**
 * Takes files from the queue. Each is moved away before it is handed out, so it is taken once, whatever happens then. A file with
 * discovery queries is handed out alone: if one of them fails, the agent drops all that came with it.
 */
export async function takeQueries(folders: Folders, running: RunningFiles): Promise<DistributedRead> {
  const taken: QueryFile[] = [];
  for (const name of (await queryNames(folders.queries)).slice(0, filesAtOnce)) {
    const file = await examine(folders, running, name);
    if (file === undefined) continue;
    const alone = Object.keys(file.read.discovery ?? {}).length > 0;
    if (alone && taken.length > 0) break;
    await rename(join(folders.queries, name), join(folders.running, name));
    running.add(file);
    taken.push(file);
    if (alone) break;
  }
  if (taken.length > 0) await syncDirectory(folders.running);
  return merge(taken);
}

/** What a file holds; undefined when it was rejected. */
async function examine(folders: Folders, running: RunningFiles, name: string): Promise<QueryFile | undefined> {
  try {
    const found = await lstat(join(folders.queries, name));
    if (!found.isFile()) throw new Error('It is not a regular file.');
    if (found.size > maxFileBytes) throw new Error(`The file has more than ${maxFileBytes} bytes.`);
    const file = await readQueryFile(folders.queries, name);
    const busy = Object.keys(file.read.queries).find(id => running.fileOf(id) !== undefined);
    if (busy !== undefined) throw new Error(`The query ${busy} is running already, from ${running.fileOf(busy)}.`);
    if (running.has(name)) throw new Error(`A file ${name} is running already.`);
    return file;
  } catch (error) {
    await reject(folders, name, error instanceof Error ? error.message : String(error));
    return undefined;
  }
}

async function reject(folders: Folders, name: string, reason: string): Promise<void> {
  await rename(join(folders.queries, name), join(folders.rejected, name));
  const id = name.slice(0, -extname(name).length);
  await writeAtomically(join(folders.rejected, `${id}.error`), `${reason}\n`);
}

function merge(taken: readonly QueryFile[]): DistributedRead {
  const accelerations = taken.flatMap(({ read }) => (read.accelerate === undefined ? [] : [read.accelerate]));
  return {
    queries: Object.fromEntries(taken.flatMap(({ read }) => Object.entries(read.queries))),
    discovery: Object.fromEntries(taken.flatMap(({ read }) => Object.entries(read.discovery ?? {}))),
    ...(accelerations.length > 0 && { accelerate: Math.max(...accelerations) }),
  };
}
