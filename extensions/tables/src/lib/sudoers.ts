import type { FileView } from '@outpost/sdk';
import { trimmedLines } from './lines.ts';
import type { Losses } from './losses.ts';
import { parentOf } from './paths.ts';

/** A line of a sudoers file. */
export interface SudoersLine {
  /** The first word: who, `Defaults`, the kind of an alias, `include` or `includedir`. */
  readonly header: string;
  /** The rest, with single spaces. */
  readonly details: string;
}

/** `#1000` is a user id; any other `#` begins a comment, but for the old spelling of `@include`. */
const comment = /^#(?!-?\d)/;
const include = /^[#@](include|includedir)\s+(.+)$/;

/** A path as sudoers writes it: in quotes, or with backslashes before spaces. */
const unquoted = (path: string): string => path.replace(/^"(.*)"$/, '$1').replace(/\\(.)/g, '$1');

/** The lines of a sudoers file (sudoers(5)); those that a backslash continues are joined. */
export function* parseSudoers(content: string): Generator<SudoersLine> {
  for (const line of trimmedLines(content.replace(/\\\r?\n/g, ''))) {
    const [, directive, path] = include.exec(line) ?? [];
    if (directive !== undefined && path !== undefined) yield { header: directive, details: unquoted(path.trim()) };
    else if (!comment.test(line)) {
      const [header = '', ...words] = line.split(/\s+/);
      yield { header, details: words.join(' ') };
    }
  }
}

/** As deep as sudo follows includes. */
const maxDepth = 128;

/** Follows a sudoers file and what it includes. */
export class SudoersWalk {
  readonly #files: FileView;
  readonly #losses: Losses;
  readonly #entered = new Set<string>();

  constructor(files: FileView, losses: Losses) {
    this.#files = files;
    this.#losses = losses;
  }

  /** The lines of a file, each followed by what it includes. A file comes once, however often it is included. */
  *lines(path: string, depth = 1): Generator<SudoersLine & { readonly source: string }> {
    if (depth > maxDepth || this.#entered.has(path)) return;
    this.#entered.add(path);
    const content = this.#losses.attempt(path, () => this.#files.readTextIfPresent(path)) ?? '';
    for (const { header, details } of parseSudoers(content)) {
      const target = details.startsWith('/') ? details : `${parentOf(path)}/${details}`;
      if (header === 'include') {
        yield { source: path, header, details: target };
        yield* this.lines(target, depth + 1);
      } else {
        yield { source: path, header, details };
        if (header === 'includedir') yield* this.#directory(target, depth + 1);
      }
    }
  }

  /** sudo passes over names with a dot and those that end with `~`, which packages and editors leave behind. */
  *#directory(directory: string, depth: number): Generator<SudoersLine & { readonly source: string }> {
    const names = this.#losses.attempt(directory, () => this.#files.readdirTypes(directory)) ?? [];
    for (const entry of names.toSorted((left, right) => (left.name < right.name ? -1 : 1)))
      if (!entry.isDirectory() && !entry.name.includes('.') && !entry.name.endsWith('~'))
        yield* this.lines(`${directory.replace(/\/+$/, '')}/${entry.name}`, depth);
  }
}
