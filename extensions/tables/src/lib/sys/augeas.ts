import { libc } from './libc.ts';

/** The library of augtool(1). */
const libraryName = 'libaugeas.so.0';
/** augeas.h: load nothing yet, write nothing ever, and give a handle also where something is wrong. */
const initFlags = { saveNothing: 1 << 4, loadNothing: 1 << 5, keepOnError: 1 << 8 } as const;
const pointerBytes = 8;
const variable = 'matches';

/** What stands in front of the path of a file. */
export const filesNode = '/files';

/** A node of a configuration file. */
export interface AugeasNode {
  readonly node: string;
  readonly value: string;
  readonly label: string;
  /** The file it is in; for a directory, its own path. */
  readonly path: string;
}

function functionsOf() {
  const library = libc().koffi.load(libraryName);
  return {
    init: library.func('void *aug_init(const char *root, const char *lenses, unsigned int flags)'),
    load: library.func('int aug_load(void *)'),
    loadFile: library.func('int aug_load_file(void *, const char *)'),
    errorMessage: library.func('const char *aug_error_message(void *)'),
    define: library.func('int aug_defvar(void *, const char *name, const char *expression)'),
    match: library.func('int aug_match(void *, const char *path, void *matches)'),
    attributes: library.func('int aug_ns_attr(void *, const char *name, int i, void *value, void *label, void *file)'),
    close: library.func('void aug_close(void *)'),
    free: libc().library.func('void free(void *)'),
  };
}

let functions: ReturnType<typeof functionsOf> | undefined;

/** The text that a pointer in a buffer leads to; empty for none. */
function textAt(pointer: Buffer): string {
  const address = pointer.readBigUInt64LE(0);
  return address === 0n ? '' : String(libc().koffi.decode(address, 'char', -1));
}

/** Configuration files as augeas(7) reads them. Nothing is ever written. */
export class Augeas implements Disposable {
  readonly #functions: ReturnType<typeof functionsOf>;
  readonly #handle: unknown;

  /**
   * @param root the directory that stands for `/`; @param lenses directories of lenses beside those of the library, separated by colons
   * @throws Error when the library cannot be loaded, or does not work
   */
  constructor(root: string, lenses: string) {
    functions ??= functionsOf();
    this.#functions = functions;
    const flags = initFlags.saveNothing | initFlags.loadNothing | initFlags.keepOnError;
    this.#handle = functions.init(root, lenses, flags);
    if (this.#handle === null) throw new Error('augeas cannot be begun');
  }

  /** Reads every file that there is a lens for. It takes a second or two. */
  loadAll(): void {
    this.#functions.load(this.#handle);
  }

  /** Reads one file. @throws Error when there is no lens for it, or none that fits */
  loadFile(path: string): void {
    if (this.#functions.loadFile(this.#handle, path) < 0) throw new Error(this.#reason());
  }

  /** The nodes that an expression stands for. @throws Error when it is none */
  *nodes(expression: string): Generator<AugeasNode> {
    const { define, attributes, free } = this.#functions;
    if (define(this.#handle, variable, expression) < 0) throw new Error(this.#reason());
    const nodes = this.#matches();
    for (const [index, node] of nodes.entries()) {
      const [value, label, file] = [0, 1, 2].map(() => Buffer.alloc(pointerBytes)) as [Buffer, Buffer, Buffer];
      if (attributes(this.#handle, variable, index, value, label, file) < 0) throw new Error(this.#reason());
      const place = textAt(file) || node;
      free(file.readBigUInt64LE(0));
      yield { node, value: textAt(value), label: textAt(label), path: place.slice(filesNode.length) };
    }
  }

  [Symbol.dispose](): void {
    this.#functions.close(this.#handle);
  }

  /** The paths of the nodes that the variable has, copied out of memory that is ours to free. */
  #matches(): string[] {
    const { match, free } = this.#functions;
    const list = Buffer.alloc(pointerBytes);
    const count = match(this.#handle, `$${variable}`, list);
    if (count < 0) throw new Error(this.#reason());
    const address = list.readBigUInt64LE(0);
    if (address === 0n) return [];
    const pointers = Buffer.from(libc().koffi.view(address, count * pointerBytes));
    const nodes = Array.from({ length: count }, (_, index) => {
      const pointer = pointers.subarray(index * pointerBytes, (index + 1) * pointerBytes);
      const node = textAt(pointer);
      free(pointer.readBigUInt64LE(0));
      return node;
    });
    free(address);
    return nodes;
  }

  #reason(): string {
    return String(this.#functions.errorMessage(this.#handle) ?? 'augeas says no more');
  }
}
