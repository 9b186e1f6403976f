import type { Dirent } from 'node:fs';
import type { Losses } from '../losses.ts';
import { quietly } from '../quietly.ts';
import { expandBraces } from './braces.ts';
import { type GlobHost, isDirectory, sortBytewise } from './host.ts';
import { isMagic, literalOf, matchesDots, segmentMatcher } from './match.ts';

/** Whether a name is a directory; undefined where only a stat can tell: a link, or a file system without types. */
function typeOf(entry: Dirent): boolean | undefined {
  if (entry.isDirectory()) return true;
  const known = entry.isFile() || entry.isFIFO() || entry.isSocket() || entry.isCharacterDevice();
  return known || entry.isBlockDevice() ? false : undefined;
}

/** The expansion of one pattern. */
class Expansion {
  readonly found: string[] = [];
  readonly #host: GlobHost;
  readonly #losses: Losses;

  constructor(host: GlobHost, losses: Losses) {
    this.#host = host;
    this.#losses = losses;
  }

  /** Follows the parts of a pattern (segments and the slashes between them, as written) from `prefix` on. */
  follow(prefix: string, parts: readonly string[]): void {
    if (this.#host.aborted) return;
    const magic = parts.findIndex(isMagic);
    const literal = magic < 0 ? parts : parts.slice(0, magic);
    const path = prefix + literal.map(literalOf).join('');
    const segment = parts[magic];
    if (segment === undefined) {
      this.#giveLiteral(path);
      return;
    }
    const rest = parts.slice(magic + 1);
    for (const [name, directory] of this.#matching(path, segment)) {
      const next = path + name;
      if (rest.length > 0) {
        if (directory !== false) this.follow(next, rest);
      } else this.found.push((directory ?? isDirectory(this.#host.files, next)) ? `${next}/` : next);
    }
  }

  /** A path without wildcards left: found when it is there, a dangling link too. */
  #giveLiteral(path: string): void {
    const { files } = this.#host;
    const marked = path.endsWith('/');
    if (isDirectory(files, path)) this.found.push(marked ? path : `${path}/`);
    else if (!marked && quietly(() => files.lstat(path)) !== undefined) this.found.push(path);
  }

  /** The names in a directory that match, sorted, and whether they are directories. */
  #matching(directory: string, segment: string): [string, boolean | undefined][] {
    const accepts = segmentMatcher(segment);
    const entries = this.#losses.attempt(directory, () => this.#host.files.readdirTypes(directory)) ?? [];
    const types = new Map<string, boolean | undefined>();
    for (const entry of entries) if (accepts(entry.name)) types.set(entry.name, typeOf(entry));
    if (matchesDots(segment)) for (const name of ['.', '..']) if (accepts(name)) types.set(name, true);
    return sortBytewise([...types.keys()]).map(name => [name, types.get(name)]);
  }
}

/**
 * The paths a pattern stands for (glob(3) with GLOB_TILDE, GLOB_BRACE and GLOB_MARK): sorted, directories with a trailing
 * slash. The text between the wildcards stays as it is written, doubled slashes and `..` included. `pattern` is absolute.
 */
export function expandPattern(host: GlobHost, losses: Losses, pattern: string): string[] {
  const expansion = new Expansion(host, losses);
  for (const alternative of expandBraces(pattern)) expansion.follow('', alternative.match(/\/+|[^/]+/g) ?? []);
  return expansion.found;
}
