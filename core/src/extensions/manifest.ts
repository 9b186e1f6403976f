import { readFileSync } from 'node:fs';

/** What an extension says about itself before it runs: a file `PATH.manifest.json` beside it. */
export interface Manifest {
  /** The name under which it registers. */
  readonly name: string;
  /** The tables that it brings. */
  readonly tables: readonly string[];
}

/** The largest manifest, bytes. */
const sizeLimit = 1 << 20;

const isName = (value: unknown): value is string => typeof value === 'string' && value !== '';

const parsed = (text: string): Manifest => {
  const value: unknown = JSON.parse(text);
  const { name, tables } = (typeof value === 'object' && value !== null ? value : {}) as Partial<Manifest>;
  if (!isName(name)) throw new Error('its "name" must be a text');
  if (!Array.isArray(tables) || !tables.every(isName)) throw new Error('its "tables" must be a list of texts');
  return { name, tables };
};

/** Where the manifest of a program is. */
export const manifestPath = (path: string): string => `${path}.manifest.json`;

/**
 * Reads the manifest of a program.
 * @returns undefined when it has none
 * @throws Error that says what is wrong with it
 */
export const readManifest = (path: string): Manifest | undefined => {
  const file = manifestPath(path);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    if (text.length > sizeLimit) throw new Error(`it has more than ${sizeLimit} bytes`);
    return parsed(text);
  } catch (error) {
    throw new Error(`The manifest ${file} is no use: ${(error as Error).message}`, { cause: error });
  }
};
