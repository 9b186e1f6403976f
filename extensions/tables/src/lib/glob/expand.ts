import { expandBraces } from './braces.ts';
import { type GlobHost, isDirectory, quietly, sortBytewise } from './host.ts';
import { isMagic, matchesDots, segmentMatcher, unescape } from './match.ts';

/** A name found in a directory. `directory` is undefined where only a stat can tell: a link, or an unknown type. */
interface Found {
  readonly name: string;
  readonly directory: boolean | undefined;
}

function namesIn(host: GlobHost, directory: string): Found[] {
  const entries = quietly(() => host.files.readdirTypes(directory));
  if (entries === undefined) host.warn(`The directory ${directory} cannot be read; a pattern passed over it.`);
  return (entries ?? []).map(entry => ({
    name: entry.name,
    directory: entry.isDirectory() ? true : entry.isSymbolicLink() || !known(entry) ? undefined : false,
  }));
}

const known = (entry: { isFile(): boolean; isFIFO(): boolean; isSocket(): boolean; isCharacterDevice(): boolean; isBlockDevice(): boolean }): boolean =>
  entry.isFile() || entry.isFIFO() || entry.isSocket() || entry.isCharacterDevice() || entry.isBlockDevice();

const dots: readonly Found[] = [
  { name: '.', directory: true },
  { name: '..', directory: true },
];

function matching(host: GlobHost, directory: string, segment: string): Found[] {
  const accepts = segmentMatcher(segment);
  const listed = namesIn(host, directory);
  const found = listed.filter(({ name }) => accepts(name));
  if (matchesDots(segment)) found.push(...dots.filter(({ name }) => accepts(name)));
  const byName = new Map(found.map(entry => [entry.name, entry]));
  return sortBytewise([...byName.keys()]).flatMap(name => byName.get(name) ?? []);
}

/** Walks the parts of a pattern (segments and the slashes between them, as written) and calls `give` with each path found. */
function expandParts(host: GlobHost, prefix: string, parts: readonly string[], give: (path: string) => void): void {
  let path = prefix;
  for (const [index, part] of parts.entries()) {
    if (host.aborted) return;
    if (part.startsWith('/') || !isMagic(part)) {
      path += part.startsWith('/') ? part : unescape(part);
      continue;
    }
    const rest = parts.slice(index + 1);
    for (const { name, directory } of matching(host, path, part)) {
      const next = path + name;
      if (rest.length === 0) give((directory ?? isDirectory(host.files, next)) ? `${next}/` : next);
      else if (directory !== false) expandParts(host, next, rest, give);
    }
    return;
  }
  const mark = path.endsWith('/');
  if (isDirectory(host.files, path)) give(mark ? path : `${path}/`);
  else if (!mark && quietly(() => host.files.lstat(path)) !== undefined) give(path);
}

/**
 * The paths a pattern stands for (glob(3) with GLOB_TILDE, GLOB_BRACE and GLOB_MARK): sorted, directories with a trailing
 * slash. The text between the wildcards stays as it is written, doubled slashes and `..` included. `pattern` is absolute.
 */
export function expandPattern(host: GlobHost, pattern: string): string[] {
  const found: string[] = [];
  for (const alternative of expandBraces(pattern))
    expandParts(host, '', alternative.match(/\/+|[^/]+/g) ?? [], path => found.push(path));
  return found;
}
