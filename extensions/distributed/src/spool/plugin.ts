import { join } from 'node:path';
import {
  type DistributedDefinition,
  type DistributedRead,
  type DistributedResult,
  type DistributedResults,
  defineDistributed,
  type PluginContext,
} from '@outpost/sdk';
import { type Folders, foldersOf, makeFolders } from './folders.ts';
import { isPlainName } from './query-file.ts';
import { RunningFiles } from './running.ts';
import { takeQueries } from './take.ts';
import { writeAtomically } from './write-file.ts';

/** What `spool` is told. */
export interface SpoolOptions {
  /** The directory with `queries`, `running`, `results` and `rejected`; a function is asked for it once, when it is needed. */
  readonly directory: string | (() => string);
  /** What the plugin is called, so that several can be told apart; `spool` when left out. */
  readonly name?: string;
}

/**
 * Live queries from a directory: `queries/ID.sql` holds SQL, `queries/ID.json` an object with `queries`, `discovery` and
 * `accelerate`. Each result becomes `results/ID.json`. Files are to be moved into `queries`, not written there in place.
 */
export function spoolDistributed({ directory, name = 'spool' }: SpoolOptions): DistributedDefinition {
  const spool = new Spool(directory);
  return defineDistributed({
    name,
    description: 'Takes live queries from files in a directory and puts their results beside them.',
    getQueries: () => spool.take(),
    writeResults: (results, _json, context) => spool.write(results, context),
  });
}

class Spool {
  readonly #directory: () => string;
  #folders: Folders | undefined;
  #running: RunningFiles | undefined;
  #writeFailed = false;

  constructor(directory: string | (() => string)) {
    this.#directory = typeof directory === 'function' ? directory : () => directory;
  }

  async take(): Promise<DistributedRead> {
    const { running, folders } = await this.#open();
    // The agent writes all results of a read before the next one; only after a failed write may some be on their way.
    if (!this.#writeFailed) await running.finishOptional();
    return takeQueries(folders, running);
  }

  async write(results: DistributedResults, context: PluginContext): Promise<void> {
    const { running, folders } = await this.#open();
    this.#writeFailed = true;
    for (const result of results) {
      if (!isPlainName(result.id)) {
        context.warn(`The result of ${JSON.stringify(result.id)} is dropped: the id is not a plain file name.`);
        continue;
      }
      await writeAtomically(join(folders.results, `${result.id}.json`), `${resultText(result)}\n`);
      await running.finish(result.id);
    }
    this.#writeFailed = false;
  }

  async #open(): Promise<{ readonly running: RunningFiles; readonly folders: Folders }> {
    this.#folders ??= this.#locate();
    const folders = this.#folders;
    await makeFolders(folders);
    this.#running ??= await RunningFiles.open(folders.running);
    return { running: this.#running, folders };
  }

  #locate(): Folders {
    const directory = this.#directory();
    if (directory === '') throw new Error('The plugin spool has no directory: name one with --distributed_spool.');
    return foldersOf(directory);
  }
}

/** A result in the names that remote servers know. */
const resultText = ({ id, status, message, rows, stats }: DistributedResult): string =>
  JSON.stringify({
    id,
    status,
    message,
    rows,
    stats:
      stats === undefined
        ? {}
        : {
            wall_time_ms: stats.wallTimeMs,
            user_time: stats.userTimeMs,
            system_time: stats.systemTimeMs,
            memory: stats.memoryBytes,
          },
  });
