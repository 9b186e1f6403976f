import { closeSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { isScript } from '../../../extensions/program.ts';
import { watchedScriptCommand } from '../../../runtime/programs.ts';
import { commandOf } from '../program.ts';

/** More files than this are not watched. */
const watchedLimit = 1000;

/** What counts as a source beside a program that is one itself. */
const sourceName = /\.(?:ts|mts|js|mjs|py|go|rb|sh|ext|json|toml)$/;

const isBinary = (path: string): boolean => {
  const start = Buffer.alloc(4);
  const descriptor = openSync(path, 'r');
  try {
    readSync(descriptor, start);
    return start[0] === 0x7f && start.toString('latin1', 1) === 'ELF';
  } finally {
    closeSync(descriptor);
  }
};

/** A program under work: how it is started, and what it is made of. */
export class ProgramSources {
  readonly name: string;
  readonly path: string;
  /** How it is started here. */
  readonly command: readonly string[];
  /** How it would be started elsewhere. */
  readonly plainCommand: readonly string[];
  readonly #report: string;

  /**
   * @param report a file that no one else uses: there the runtime writes what a script loads
   * @throws OutpostError EXTENSION_FILE_MISSING, EXTENSION_FILE_NOT_RUNNABLE
   */
  constructor([file = '', ...args]: readonly string[], report: string) {
    this.path = resolve(file);
    this.name = basename(this.path, extname(this.path));
    this.#report = report;
    this.plainCommand = commandOf([this.path, ...args]);
    const watched = watchedScriptCommand(this.path, report);
    this.command = isScript(this.path) ? [watched.command, ...watched.args, ...args] : this.plainCommand;
  }

  /** The files to watch now: the modules that a script has loaded; else the program, and the sources beside it where it is one. */
  files(): readonly string[] {
    const loaded = this.#loaded();
    const others = loaded.length > 0 ? loaded : this.#beside();
    return [...new Set([this.path, ...others])].slice(0, watchedLimit);
  }

  #loaded(): readonly string[] {
    try {
      return readFileSync(this.#report, 'utf8')
        .split('\n')
        .filter(line => line !== '');
    } catch {
      return []; // it has not loaded anything yet, or this runtime does not say
    }
  }

  #beside(): readonly string[] {
    try {
      if (isBinary(this.path)) return [];
      const folder = dirname(this.path);
      return readdirSync(folder)
        .filter(name => sourceName.test(name))
        .map(name => join(folder, name));
    } catch {
      return []; // it is just being replaced; its path is watched in any case
    }
  }
}
