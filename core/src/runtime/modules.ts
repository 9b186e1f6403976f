/**
 * How modules are found by name at run time. The files of this folder are what differs between an agent that runs from its sources
 * and the executable, which puts its own in their place: see packaging/runtime.
 */

/** What a module exports. */
export type ModuleNamespace = Readonly<Record<string, unknown>>;

/** Imports a module. @param specifier a URL, or the name of a package */
export const importModule = (specifier: string): Promise<ModuleNamespace> => import(specifier);

/** The URL of a package's module. */
export const resolvePackage = (name: string): string => import.meta.resolve(name);
