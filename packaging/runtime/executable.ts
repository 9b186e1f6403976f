import type { Worker } from 'node:worker_threads';
import type { ModuleNamespace } from '../../core/src/runtime/modules.ts';
import type { ThreadName } from '../../core/src/runtime/thread-options.ts';
import type { NativePart } from './native-parts.ts';

/** What the executable's boot code gives to the chunks and to foreign modules, under {@link executableKey} in every thread. */
export interface Executable {
  importModule(specifier: string): Promise<ModuleNamespace>;
  resolvePackage(name: string): string;
  loadModule(name: string): ModuleNamespace;
  startThread(name: ThreadName): Worker;
  nativePath(part: NativePart): string;
  loadNative(part: NativePart): unknown;
  /** The modules that are imported by name. */
  readonly moduleNames: readonly string[];
  /** Chunks whose compiled code V8 did not take; there should be none. */
  readonly rejected: readonly string[];
}

/** The description of the registered symbol of the global property. */
export const executableKey = 'outpost.executable';

const globals = globalThis as unknown as Record<symbol, Executable>;

/** Sets what {@link executable} returns. */
export const provideExecutable = (executable: Executable): void => {
  globals[Symbol.for(executableKey)] = executable;
};

/** The executable that this code runs in. */
export const executable = (): Executable => globals[Symbol.for(executableKey)] as Executable;
