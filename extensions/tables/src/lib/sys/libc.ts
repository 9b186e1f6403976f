import { createRequire } from 'node:module';
import type koffi from 'koffi';

type Koffi = typeof koffi;

/** The C library of this process, and what calls it. */
export interface CLibrary {
  readonly koffi: Koffi;
  readonly library: ReturnType<Koffi['load']>;
}

let loaded: CLibrary | undefined;

/**
 * The C library. The first call in a thread loads koffi (about 12 ms and 3 MB), so a table asks for it only in a query that
 * needs it. The symbols are those of the running program, so that it is one and the same library, glibc or musl.
 */
export function libc(): CLibrary {
  if (loaded === undefined) {
    const module: Koffi = createRequire(import.meta.url)('koffi');
    loaded = { koffi: module, library: module.load(null) };
  }
  return loaded;
}
