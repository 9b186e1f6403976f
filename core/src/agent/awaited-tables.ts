import { type AutoloadOptions, findExtensions } from '../extensions/autoload.ts';
import { readManifest } from '../extensions/manifest.ts';
import type { ExtensionProgram } from '../extensions/program.ts';
import { reasonOf } from '../reason.ts';
import { tableEnabled } from './bundled.ts';
import type { Core } from './core.ts';

/** The sentence of a statement whose table has yet to come. */
const absence = (extension: string, table: string): string =>
  `The extension ${extension}, which brings the table ${table}, has not registered yet`;

/**
 * Declares the tables that the manifests of extensions announce, so that a query which names one waits for its extension a while
 * instead of failing at once.
 * @param sources where extensions to be started are named
 */
export const declareAwaitedTables = (core: Core, sources: readonly AutoloadOptions[]): void => {
  const programs = sources.flatMap(source => findExtensions(source).programs);
  for (const program of programs) declare(core, program);
};

const declare = ({ engine, flags, status }: Core, program: ExtensionProgram): void => {
  try {
    const manifest = readManifest(program);
    for (const name of manifest?.tables ?? []) {
      if (!tableEnabled(flags, name) || engine.catalog.get(name) !== undefined) continue;
      const message = absence(manifest?.name ?? program.name, name);
      engine.catalog.set({ name, aliases: [], placement: { kind: 'unavailable', message, awaited: true } });
    }
  } catch (error) {
    status.warning('extensions', reasonOf(error));
  }
};
