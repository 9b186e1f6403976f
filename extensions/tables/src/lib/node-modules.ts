import type { FileView } from '@outpost/sdk';
import { memberAt, scalarText } from './json-values.ts';
import { quietly } from './quietly.ts';

/** Patterns of the directories that hold a `node_modules` for the whole machine. */
export const systemNodeRoots = [
  '/usr/lib',
  '/usr/local/lib',
  '/opt/homebrew/lib',
  '/home/linuxbrew/.linuxbrew/lib',
] as const;

/** Those of version managers and package managers, below a home directory. */
export const userNodeRoots = [
  '.npm-global/lib',
  '.local/lib',
  '.nvm/versions/node/%/lib',
  '.volta/tools/image/node/%/lib',
  '.volta/tools/image/packages/%/lib',
  '.local/share/mise/installs/node/%/lib',
  '.local/share/fnm/node-versions/%/installation/lib',
  '.local/share/pnpm/global/%',
  '.config/yarn/global',
  '.asdf/installs/nodejs/%/lib',
  '.nodenv/versions/%/lib',
  '.bun/install/global',
  'n/lib',
] as const;

/** A package found below a root. */
export interface NodePackage {
  /** Where its package.json is. */
  readonly path: string;
  /** How many packages it is in. */
  readonly depth: number;
}

/** The directories of the packages in a `node_modules`, sorted; those of a scope are one level deeper. */
function packageDirectories(files: FileView, modules: string): string[] {
  const names = (directory: string): string[] =>
    (quietly(() => files.readdir(directory)) ?? []).filter(name => !name.startsWith('.')).sort();
  return names(modules).flatMap(name =>
    name.startsWith('@')
      ? names(`${modules}/${name}`).map(inner => `${modules}/${name}/${inner}`)
      : [`${modules}/${name}`],
  );
}

/**
 * The packages below a directory, level by level, those of packages too, down to `maxDepth` levels (without end when it is -1). A
 * directory that several links lead to is entered once.
 */
export function* nodePackagesIn(files: FileView, root: string, maxDepth: number): Generator<NodePackage> {
  if (!root.startsWith('/')) return;
  const seen = new Set<string>();
  /** Whether a directory is there and was not entered before. */
  const isNew = (modules: string): boolean => {
    const real = quietly(() => files.realpath(modules));
    return real !== undefined && seen.size < seen.add(real).size;
  };
  let level = [root.replace(/\/+$/, '')];
  for (let depth = 0; level.length > 0; depth += 1) {
    const found: string[] = [];
    for (const directory of level) {
      const modules = `${directory}/node_modules`;
      if (!isNew(modules)) continue;
      for (const packageDirectory of packageDirectories(files, modules)) {
        const path = `${packageDirectory}/package.json`;
        if (quietly(() => files.exists(path)) !== true) continue;
        yield { path, depth };
        found.push(packageDirectory);
      }
    }
    level = maxDepth < 0 || depth < maxDepth ? found : [];
  }
}

/** What a package.json says; empty where it does not. */
export const packageFacts = (manifest: unknown) => {
  const member = (...path: string[]): string => scalarText(memberAt(manifest, ...path));
  return {
    name: member('name'),
    version: member('version'),
    description: member('description'),
    author: member('author') || member('author', 'name'),
    // Older packages name the place of their licence.
    license: member('license') || member('license', 'url'),
    homepage: member('homepage'),
  };
};
