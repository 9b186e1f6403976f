import { readFile, rm } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { DistributedRead } from '@outpost/sdk';
import { queryNames } from './folders.ts';
import { parseQueryFile } from './query-file.ts';

/** A file of queries without its directory. */
export interface QueryFile {
  readonly name: string;
  readonly read: DistributedRead;
}

/** Reads a file of queries. @throws Error when it holds none */
export async function readQueryFile(folder: string, name: string): Promise<QueryFile> {
  const extension = extname(name);
  const text = await readFile(join(folder, name), 'utf8');
  return { name, read: parseQueryFile(name.slice(0, -extension.length), extension, text) };
}

/** The files that were handed out, each with the ids whose results it still waits for. */
export class RunningFiles {
  readonly #folder: string;
  readonly #waiting: Map<string, Set<string>>;
  /** The ids of the last hand-out that may never get a result, since discovery decides whether they run. */
  #optional = new Set<string>();

  private constructor(folder: string, waiting: Map<string, Set<string>>) {
    this.#folder = folder;
    this.#waiting = waiting;
  }

  /** Reads what an earlier process left: its results may still come. */
  static async open(folder: string): Promise<RunningFiles> {
    const waiting = new Map<string, Set<string>>();
    for (const name of await queryNames(folder)) {
      try {
        const { read } = await readQueryFile(folder, name);
        waiting.set(name, new Set(Object.keys(read.queries)));
      } catch {
        // Somebody changed a file that is not theirs any more: no result will ever match it.
        waiting.set(name, new Set());
      }
    }
    return new RunningFiles(folder, waiting);
  }

  /** The file that an id runs from. */
  fileOf(id: string): string | undefined {
    for (const [name, ids] of this.#waiting) if (ids.has(id)) return name;
    return undefined;
  }

  /** Whether a file of that name was handed out and is not finished. */
  has(name: string): boolean {
    return this.#waiting.has(name);
  }

  /** Notes a file that is being handed out. */
  add({ name, read }: QueryFile): void {
    this.#waiting.set(name, new Set(Object.keys(read.queries)));
    for (const id of Object.keys(read.discovery ?? {})) this.#optional.add(id);
  }

  /** Notes that a result is safe; the file goes when it waits for no other. */
  async finish(id: string): Promise<void> {
    const name = this.fileOf(id);
    if (name === undefined) return;
    const ids = this.#waiting.get(name);
    ids?.delete(id);
    if (ids?.size !== 0) return;
    await rm(join(this.#folder, name), { force: true });
    this.#waiting.delete(name);
  }

  /** Gives up on queries of the last hand-out that discovery did not let run. */
  async finishOptional(): Promise<void> {
    for (const id of this.#optional) await this.finish(id);
    this.#optional = new Set();
  }
}
