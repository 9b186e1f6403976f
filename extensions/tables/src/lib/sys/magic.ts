import type { FileView } from '@outpost/sdk';
import { libc } from './libc.ts';
import { placeOf } from './open-file.ts';

/** The library of file(1); most systems have it with that program. */
const libraryName = 'libmagic.so.1';
/** magic.h */
const flags = { none: 0, mimeType: 0x10, mimeEncoding: 0x400 } as const;

/** What libmagic says of a file's content; a text is undefined where it says nothing. */
export interface FileNature {
  readonly data: string | undefined;
  readonly mimeType: string | undefined;
  readonly mimeEncoding: string | undefined;
}

function functionsOf() {
  const library = libc().koffi.load(libraryName);
  return {
    open: library.func('void *magic_open(int)'),
    load: library.func('int magic_load(void *, str)'),
    error: library.func('str magic_error(void *)'),
    setFlags: library.func('int magic_setflags(void *, int)'),
    file: library.func('str magic_file(void *, str)'),
    close: library.func('void magic_close(void *)'),
  };
}

let functions: ReturnType<typeof functionsOf> | undefined;

/** Looks at files with libmagic(3). A FIFO or a device is named and not opened. */
export class Magic {
  readonly #functions: ReturnType<typeof functionsOf>;
  readonly #cookie: unknown;

  /** @param databases paths separated by colons. @throws Error that says why, where the library or the databases cannot be loaded. */
  constructor(databases: string) {
    functions ??= functionsOf();
    this.#functions = functions;
    this.#cookie = functions.open(flags.none);
    if (functions.load(this.#cookie, databases) === 0) return;
    const reason = String(functions.error(this.#cookie));
    this[Symbol.dispose]();
    throw new Error(reason);
  }

  nature(files: FileView, path: string): FileNature {
    const place = files.root === '/' ? path : (placeOf(files, path) ?? `${files.root}${path}`);
    const ask = (wanted: number): string | undefined => {
      this.#functions.setFlags(this.#cookie, wanted);
      return this.#functions.file(this.#cookie, place) ?? undefined;
    };
    return { data: ask(flags.none), mimeType: ask(flags.mimeType), mimeEncoding: ask(flags.mimeEncoding) };
  }

  [Symbol.dispose](): void {
    this.#functions.close(this.#cookie);
  }
}
