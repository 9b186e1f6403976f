/** Reads a command line as gflags 2.2.2 does, with flag files and environment in their places. */

import { reasonOf } from '../reason.ts';
import type { FlagType } from './definition.ts';
import { flagLines, readFlagfile } from './flagfile.ts';
import { libraryType, typeWithoutEffect } from './names.ts';
import { defaultFlagfile } from './paths.ts';
import type { FlagOrigin, FlagStore } from './store.ts';
import { nearestFlag } from './suggest.ts';
import { definitionOf, flagAliases } from './table/index.ts';
import { canonicalText, expectedOf } from './values.ts';

/** How deep flag files may name flag files. */
const nestingLimit = 8;

/** A place that flags come from: the command line, or a line of a flag file. */
interface Place {
  readonly origin: FlagOrigin;
  /** ` (line 3 of /etc/outpost/flags)`, or '' on the command line. */
  readonly where: string;
  readonly depth: number;
}

interface Unknown {
  readonly name: string;
  readonly message: string;
  readonly fromFile: boolean;
}

const fileForm = 'A flag file takes --name=value on a line.';

const commandLine: Place = { origin: 'command line', where: '', depth: 0 };

/** A flag file or environment variable that ends parsing at once: its message is a whole line. */
export class FatalFlagError extends Error {}

/** The state of one parse. Faults are collected, not thrown: all of them are reported at once. */
export class CommandLine {
  readonly positionals: string[] = [];
  /** Values of the flag library's own flags, such as `version`. */
  readonly library = new Map<string, string>();
  /** Known flags that were given and have no effect. */
  readonly withoutEffect = new Set<string>();
  readonly #store: FlagStore;
  readonly #environment: NodeJS.ProcessEnv;
  readonly #faults = new Map<string, string>();
  readonly #unknown: Unknown[] = [];

  constructor(store: FlagStore, environment: NodeJS.ProcessEnv) {
    this.#store = store;
    this.#environment = environment;
  }

  /** Reads the arguments of a process, after the default flag file where none is named. */
  read(argv: readonly string[]): void {
    if (!argv.some(argument => /^--?flagfile(?:=|$)/.test(argument))) this.#readDefaultFlagfile();
    for (let index = 0; index < argv.length; index += 1) {
      const argument = argv[index] ?? '';
      if (argument === '--') {
        this.positionals.push(...argv.slice(index + 1));
        return;
      }
      if (argument.startsWith('-') && argument !== '-') {
        if (this.#flag(argument, argv[index + 1], commandLine)) index += 1;
      } else this.positionals.push(argument);
    }
  }

  /** What is wrong, sorted by flag, a whole line each. Unknown names are faults unless `--undefok` or leniency forgives them. */
  faults(lenient: boolean): string[] {
    const forgiven = new Set(listed(this.library.get('undefok')).flatMap(name => [name, `no${name}`]));
    const faults = new Map(this.#faults);
    for (const { name, message, fromFile } of this.#unknown) {
      if (!forgiven.has(name) && !(fromFile && lenient)) faults.set(name, message);
    }
    return [...faults].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, message]) => message);
  }

  /** Lines of flag files that were passed over because their flag is unknown, as whole sentences. */
  forgivenLines(): string[] {
    return this.#unknown
      .filter(unknown => unknown.fromFile)
      .map(({ message }) => message.replace('ERROR: ', 'Passed over: '));
  }

  /** Takes one flag; tells whether `next` was its value. */
  #flag(argument: string, next: string | undefined, place: Place): boolean {
    const [, dashes = '', written = '', value] = /^(--?)([^=]*)(?:=([\s\S]*))?$/.exec(argument) ?? [];
    const known = resolve(written);
    if (known !== undefined) {
      if (value !== undefined) this.#assign(known, value, place);
      else if (known.type === 'bool') this.#assign(known, 'true', place);
      else return this.#separateValue(known, dashes + written, next, place);
      return false;
    }
    const negated = written.startsWith('no') ? resolve(written.slice(2)) : undefined;
    if (negated === undefined) this.#unknownFlag(written, place);
    else if (negated.type === 'bool') this.#assign(negated, 'false', place);
    else {
      const start = `ERROR: boolean value (${written}) specified for ${negated.type} command line flag`;
      this.#faults.set(written, `${start}${place.where}. Only true-or-false flags have a form with no.`);
    }
    return false;
  }

  #separateValue(known: Known, written: string, next: string | undefined, place: Place): boolean {
    if (next !== undefined) {
      this.#assign(known, next, place);
      return true;
    }
    const start = `ERROR: flag '${written}' is missing its argument${place.where}`;
    if (place.depth > 0) this.#unknown.push({ name: known.name, message: `${start}. ${fileForm}`, fromFile: true });
    else this.#faults.set(known.name, `${start}. Write --${known.name}=VALUE.`);
    return false;
  }

  #unknownFlag(name: string, place: Place): void {
    const near = nearestFlag(name);
    const spaced = place.depth > 0 && /^\S+\s/.test(name) && resolve(name.split(/\s/)[0] ?? '') !== undefined;
    const help =
      near === undefined
        ? `Run ${this.#store.program.name} --help for the flags there are.`
        : `Did you mean --${near}?`;
    const hint = spaced ? fileForm : help;
    const message = `ERROR: unknown command line flag '${name}'${place.where}. ${hint}`;
    this.#unknown.push({ name, message, fromFile: place.depth > 0 });
  }

  #assign(known: Known, text: string, place: Place): void {
    const canonical = canonicalText(known.type, text);
    if (canonical === undefined) {
      const start = `ERROR: illegal value '${text}' specified for ${known.type} flag '${known.name}'`;
      this.#faults.set(known.name, `${start}${place.where}. ${expectedOf(known.type)}.`);
      return;
    }
    if (known.kind === 'library') return this.#assignLibrary(known.name, canonical, place);
    if (known.kind === 'without effect') {
      this.withoutEffect.add(known.name);
      return;
    }
    const fault = this.#store.set(known.name, canonical, place.origin);
    if (fault === undefined) return;
    const start = `ERROR: failed validation of new value '${text}' for flag '${known.name}'`;
    this.#faults.set(known.name, `${start}${place.where}. ${fault}.`);
  }

  #assignLibrary(name: string, text: string, place: Place): void {
    this.library.set(name, text);
    const items = listed(text);
    if (name === 'flagfile') this.#store.flagfile = text;
    if (name === 'flagfile') for (const path of items) this.#readFlagfile(path, place.depth + 1);
    if (name === 'fromenv' || name === 'tryfromenv')
      for (const flag of items) this.#fromEnvironment(flag, name === 'fromenv');
  }

  #fromEnvironment(name: string, required: boolean): void {
    const value = this.#environment[`FLAGS_${name}`];
    const known = resolve(name);
    if (known === undefined) return this.#unknownFlag(name, commandLine);
    if (value !== undefined) return this.#assign(known, value, { origin: 'environment', where: '', depth: 0 });
    if (required) throw new FatalFlagError(`ERROR: FLAGS_${name} not found in environment`);
  }

  #readDefaultFlagfile(): void {
    const path = defaultFlagfile(this.#store.program);
    let content: string;
    try {
      content = readFlagfile(path);
    } catch {
      return; // It is there for those who want it: osquery passes over it, too, when it cannot be read.
    }
    this.#takeLines(content, path, 1);
  }

  #readFlagfile(path: string, depth: number): void {
    if (depth > nestingLimit) {
      throw new FatalFlagError(
        `ERROR: the flag file ${path} is not read, since flag files are nested deeper than ${nestingLimit}.`,
      );
    }
    let content: string;
    try {
      content = readFlagfile(path);
    } catch (error) {
      throw new FatalFlagError(`ERROR: the flag file ${path} cannot be read: ${systemReason(error)}.`);
    }
    this.#takeLines(content, path, depth);
  }

  #takeLines(content: string, path: string, depth: number): void {
    for (const { text, line } of flagLines(content, this.#store.program.name)) {
      this.#flag(text, undefined, { origin: 'flag file', where: ` (line ${line} of ${path})`, depth });
    }
  }
}

/** The items of a comma-separated list. */
const listed = (text = ''): string[] => text.split(',').filter(item => item !== '');

interface Known {
  readonly name: string;
  readonly type: FlagType;
  readonly kind: 'declared' | 'library' | 'without effect';
}

const exact = (name: string): Known | undefined => {
  const target = flagAliases[name] ?? name;
  const declared = definitionOf(target);
  if (declared !== undefined) return { name: target, type: declared.type, kind: 'declared' };
  const library = libraryType(name);
  if (library !== undefined) return { name, type: library, kind: 'library' };
  const other = typeWithoutEffect(name);
  return other === undefined ? undefined : { name, type: other, kind: 'without effect' };
};

const resolve = (name: string): Known | undefined => exact(name) ?? exact(name.replaceAll('-', '_'));

const systemReason = (error: unknown): string => {
  const text = reasonOf(error);
  return /^E[A-Z]+: ([^,]+)/.exec(text)?.[1] ?? text;
};
