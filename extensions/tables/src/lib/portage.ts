import type { FileView } from '@outpost/sdk';
import type { Losses } from './losses.ts';

const database = '/var/db/pkg';

/** A package name and a version, as an atom (ebuild(5)) holds them. */
export interface Atom {
  /** `category/name` */
  readonly package: string;
  /** With its comparison, as `>=1.2`, but without a lone `=`; empty when the atom is for every version. */
  readonly version: string;
}

/** A version by the Package Manager Specification, 3.2, perhaps with a `*` for whatever follows. */
const version = String.raw`\d+(?:\.\d+)*[a-z]?(?:_(?:alpha|beta|pre|rc|p)\d*)*(?:-r\d+)?\*?`;
const atom = new RegExp(String.raw`^([<>=~]*)(.+?)(?:-(${version}))?(?::.*)?$`, 's');

/** Reads an atom: `>=dev-lang/python-3.11.2-r1`. */
export function parseAtom(text: string): Atom {
  const [, operator = '', name = text, number = ''] = atom.exec(text) ?? [];
  return { package: name, version: (operator === '=' ? '' : operator) + number };
}

/** An installed package. */
export interface Installed extends Atom {
  /** Where the database keeps what is known of it. */
  readonly directory: string;
}

/** The installed packages, sorted. What portage is about to write or remove has a name with `-MERGING-`, and is none. */
export function* installedPackages(files: FileView, losses: Losses): Generator<Installed> {
  const directories = (path: string): string[] =>
    (losses.attempt(path, () => files.readdirTypes(path)) ?? [])
      .filter(entry => entry.isDirectory() && !entry.name.startsWith('.') && !entry.name.startsWith('-'))
      .map(({ name }) => name)
      .sort();
  for (const category of directories(database))
    for (const name of directories(`${database}/${category}`))
      yield { ...parseAtom(`${category}/${name}`), directory: `${database}/${category}/${name}` };
}

/** The words of the lines of a file, or of all the files of a directory of that name, without comments. */
export function* linesOfWords(files: FileView, path: string, losses: Losses): Generator<readonly string[]> {
  const entry = losses.attempt(path, () => files.stat(path));
  if (entry?.isDirectory() === true) {
    const names = (losses.attempt(path, () => files.readdir(path)) ?? []).sort();
    for (const name of names) if (!/^\.|~$/.test(name)) yield* linesOfWords(files, `${path}/${name}`, losses);
    return;
  }
  const content = losses.attempt(path, () => files.readTextIfPresent(path)) ?? '';
  for (const line of content.split('\n')) {
    const words = (line.split('#', 1)[0] ?? '').split(/\s+/).filter(word => word !== '');
    if (words.length > 0) yield words;
  }
}
