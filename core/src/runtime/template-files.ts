import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A file that new projects are made of. */
export interface TemplateFile {
  /** Below the templates' directory: language, then `project` or a kind, then the place in the project. */
  readonly path: string;
  readonly text: string;
  readonly executable: boolean;
}

/** All files that new projects are made of. */
export const templateFiles = (): readonly TemplateFile[] => {
  const directory = fileURLToPath(new URL('../../templates/', import.meta.url));
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))
    .sort()
    .map(path => ({
      path: relative(directory, path),
      text: readFileSync(path, 'utf8'),
      executable: (statSync(path).mode & 0o100) !== 0,
    }));
};
