/**
 * The agent's code in the executable. It is divided into chunks, each a CommonJS module with the code that V8 compiled when the
 * executable was built; a chunk is read when it is first required, so that a process loads no more than it runs.
 */
import { getRawAsset } from 'node:sea';
import { Script } from 'node:vm';
import type { ModuleNamespace } from '../../core/src/runtime/modules.ts';

/** Where the parts of a chunk lie in the asset `chunks`. */
export interface ChunkEntry {
  readonly source: readonly [offset: number, length: number];
  readonly code: readonly [offset: number, length: number];
}

/** The asset `index`. */
export interface ChunkIndex {
  readonly chunks: Readonly<Record<string, ChunkEntry>>;
  /** The chunk of a module that is imported by name: a package's, a table's, a thread's. */
  readonly modules: Readonly<Record<string, string>>;
}

interface ChunkModule {
  exports: ModuleNamespace;
}
type Require = (specifier: string) => unknown;
type Definition = (exports: ModuleNamespace, require: Require, module: ChunkModule) => void;

const text = (bytes: Buffer): string => bytes.toString('latin1');
const assetBytes = (name: string): Buffer => Buffer.from(getRawAsset(name) as ArrayBuffer);

const index = JSON.parse(text(assetBytes('index'))) as ChunkIndex;
const bytes = assetBytes('chunks');
const loaded = new Map<string, ChunkModule>();
/** Chunks whose compiled code V8 did not take. */
export const rejected: string[] = [];

const part = ([offset, length]: readonly [number, number]): Buffer => bytes.subarray(offset, offset + length);

const define = (name: string): Definition => {
  const entry = index.chunks[name];
  if (entry === undefined) throw new Error(`The executable has no chunk ${name}.`);
  const script = new Script(text(part(entry.source)), {
    filename: `outpost:///${name}`,
    cachedData: part(entry.code),
  });
  if (script.cachedDataRejected) rejected.push(name);
  return script.runInThisContext() as Definition;
};

/** Chunks lie side by side, so `./NAME` always means the same; whatever else they require is a part of Node. */
const require: Require = specifier =>
  specifier.startsWith('./') ? loadChunk(specifier.slice(2)) : process.getBuiltinModule(specifier);

const loadChunk = (name: string): ModuleNamespace => {
  const known = loaded.get(name);
  if (known !== undefined) return known.exports;
  const module: ChunkModule = { exports: {} };
  loaded.set(name, module);
  define(name)(module.exports, require, module);
  return module.exports;
};

/** All that the executable carries by name. */
export const moduleNames = Object.keys(index.modules);

/** Whether the executable carries a module of this URL or package name. */
export const carries = (specifier: string): boolean => Object.hasOwn(index.modules, specifier);

/** What a carried module exports. */
export const loadModule = (specifier: string): ModuleNamespace => loadChunk(index.modules[specifier] ?? specifier);
