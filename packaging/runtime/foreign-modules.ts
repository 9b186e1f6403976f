/**
 * Modules from outside the executable: plugins and extensions in files. Node loads them as it always does, TypeScript included;
 * where no SDK is installed beside them they get the executable's own.
 */
import { registerHooks, runMain } from 'node:module';
import { resolve } from 'node:path';
import { constants, Script } from 'node:vm';
import type { ModuleNamespace } from '../../core/src/runtime/modules.ts';
import { loadModule } from './chunks.ts';
import { executableKey } from './executable.ts';

/** The packages that files may import although they are installed nowhere: see core/src/runtime/provide-sdk.ts. */
const provided: ReadonlySet<string> = new Set(['@outpost/sdk', '@outpost/protocol']);
const scheme = 'outpost:';

/** A module that gives on what the executable's module exports, so that there is one SDK in the process. */
const facade = (name: string): string => {
  const names = Object.keys(loadModule(name)).filter(key => key !== 'default');
  const module = `globalThis[Symbol.for(${JSON.stringify(executableKey)})].loadModule(${JSON.stringify(name)})`;
  return `export const { ${names.join(', ')} } = ${module};`;
};

let provides = false;

/** Lets files import the SDK from now on, in this thread. */
export const provideSdk = (): void => {
  if (provides) return;
  provides = true;
  registerHooks({
    resolve: (specifier, context, next) => {
      if (!provided.has(specifier)) return next(specifier, context);
      try {
        return next(specifier, context);
      } catch {
        return { url: `${scheme}${specifier}`, format: 'module', shortCircuit: true };
      }
    },
    load: (url, context, next) =>
      url.startsWith(scheme)
        ? { format: 'module', source: facade(url.slice(scheme.length)), shortCircuit: true }
        : next(url, context),
  });
};

let nativeImport: ((specifier: string) => Promise<ModuleNamespace>) | undefined;

/** Imports a module from a file. @param url of the file */
export const importForeign = (url: string): Promise<ModuleNamespace> => {
  provideSdk();
  nativeImport ??= new Script('specifier => import(specifier)', {
    filename: process.execPath, // a module that nobody imports would count as the main one
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  }).runInThisContext() as (specifier: string) => Promise<ModuleNamespace>;
  return nativeImport(url);
};

/** Runs a file as the program of this process, as `node FILE` would: `import.meta.main` holds in it. */
export const runForeign = (path: string, argv: readonly string[]): void => {
  provideSdk();
  process.argv = [process.execPath, resolve(path), ...argv];
  runMain();
};
