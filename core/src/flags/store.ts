import type { FlagDefinition, FlagEffect } from './definition.ts';
import { convertOption, optionFault } from './options.ts';
import type { Program } from './program.ts';
import { definitionOf, type FlagName, type FlagValue, flagAliases, flagTable } from './table/index.ts';
import { canonicalText, expectedOf, valueOfText } from './values.ts';

/** Where the value of a flag comes from. `forced` is the agent's own doing. */
export type FlagOrigin = 'default' | 'environment' | 'flag file' | 'command line' | 'configuration' | 'forced';

/** A row of the table `osquery_flags`. */
export interface FlagRow {
  readonly name: string;
  readonly type: string;
  readonly description: string;
  readonly default_value: string;
  readonly value: string;
  readonly shell_only: 0 | 1;
}

/** A row of the table `outpost_flags`. */
export interface FlagStanding {
  readonly name: string;
  readonly value: string;
  readonly origin: FlagOrigin;
  readonly applies: FlagEffect;
  readonly pending: 0 | 1;
  readonly running: string;
}

/** What `options()` of the extension API tells about a flag. */
export interface FlagOption {
  readonly value: string;
  readonly defaultValue: string;
  readonly type: string;
}

interface Setting {
  readonly text: string;
  readonly origin: FlagOrigin;
}

const defaultText = (definition: FlagDefinition, program: Program): string =>
  typeof definition.default === 'string' ? definition.default : definition.default(program);

/** The values of all flags of one process. */
export class FlagStore {
  readonly program: Program;
  /** The flag files that were named last, as they were named; '' when none was. */
  flagfile = '';
  readonly #settings = new Map<FlagName, Setting>();
  readonly #custom = new Map<string, string>();
  readonly #listeners = new Set<(name: FlagName) => void>();
  /** The texts that an agent has started with. */
  #running: ReadonlyMap<FlagName, string> | undefined;

  constructor(program: Program) {
    this.program = program;
  }

  /** The value of a flag, in its own type. */
  get<Name extends FlagName>(name: Name): FlagValue<Name> {
    return valueOfText(flagTable[name].type, this.text(name)) as FlagValue<Name>;
  }

  /** The value of a flag as text: booleans `true` and `false`, numbers in decimal. */
  text(name: FlagName): string {
    return this.#settings.get(name)?.text ?? this.defaultText(name);
  }

  /** The default of a flag for this program, as text. */
  defaultText(name: FlagName): string {
    return defaultText(flagTable[name], this.program);
  }

  /** Where the value of a flag comes from. */
  origin(name: FlagName): FlagOrigin {
    return this.#settings.get(name)?.origin ?? 'default';
  }

  /** Whether nobody has set a flag, not even to the value it has by default. */
  isDefault(name: FlagName): boolean {
    return !this.#settings.has(name);
  }

  /**
   * Sets a flag.
   * @param name a flag or an alias of one
   * @param text as on a command line
   * @returns what is wrong with the value, as a whole sentence without a full stop; undefined when it was taken
   */
  set(name: string, text: string, origin: FlagOrigin): string | undefined {
    const target = flagAliases[name] ?? (name as FlagName);
    const definition = definitionOf(target);
    if (definition === undefined) return `There is no flag --${name}`;
    const canonical = canonicalText(definition.type, text);
    if (canonical === undefined) return expectedOf(definition.type);
    const fault = definition.check?.(canonical);
    if (fault !== undefined) return fault;
    const before = this.text(target);
    this.#settings.set(target, { text: canonical, origin });
    if (canonical !== before) for (const listener of this.#listeners) listener(target);
    return undefined;
  }

  /** Sets a flag to a value that the agent itself decides on, such as a shell that never logs. */
  force<Name extends FlagName>(name: Name, value: FlagValue<Name>): void {
    this.set(name, String(value), 'forced');
  }

  /** Calls back after a flag took another value; returns what ends it. */
  onChange(listener: (name: FlagName) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Takes over the key `options` of the configuration. What it does not mention keeps its value.
   * @returns warnings, a whole line each
   */
  applyOptions(options: Readonly<Record<string, unknown>>): readonly string[] {
    return Object.entries(options).flatMap(([name, value]) => {
      const { text, warning } = convertOption(name, value);
      if (warning !== undefined) return [warning];
      if (text === '' || name === '') return [];
      if (name.startsWith('custom_')) {
        this.#custom.set(name, text);
        return [];
      }
      const refusal = optionFault(name);
      if (refusal !== undefined) return refusal === '' ? [] : [refusal];
      const fault = this.set(name, text, 'configuration');
      if (fault !== undefined) return [`The option ${name} keeps its value, since ${text} will not do. ${fault}.`];
      const pending = this.#isPending(flagAliases[name] ?? (name as FlagName));
      return pending ? [`The option ${name} counts from the next start on; until then it is as it was.`] : [];
    });
  }

  /** Says that the agent has started: from now on a change of a flag that counts at the start waits for the next one. */
  started(): void {
    this.#running = new Map(sortedNames().map(name => [name, this.text(name)]));
  }

  /** The rows of `outpost_flags`, sorted by name. */
  standings(): readonly FlagStanding[] {
    return sortedNames().map(name => {
      const pending = this.#isPending(name);
      const value = this.text(name);
      const running = pending ? (this.#running?.get(name) ?? value) : value;
      return {
        name,
        value,
        origin: this.origin(name),
        applies: flagTable[name].effect,
        pending: pending ? 1 : 0,
        running,
      };
    });
  }

  #isPending(name: FlagName): boolean {
    const text = flagTable[name].effect === 'start' ? this.#running?.get(name) : undefined;
    return text !== undefined && text !== this.text(name);
  }

  /** The rows of `osquery_flags`, sorted by name. Names of one or two characters are left out, as osquery does. */
  rows(): readonly FlagRow[] {
    const flags = sortedNames().filter(name => name.length > 2);
    const declared = flags.map((name): FlagRow => {
      const { type, description, class: flagClass } = flagTable[name];
      const shellOnly = flagClass === 'shell' ? 1 : 0;
      return {
        name,
        type,
        description,
        default_value: this.defaultText(name),
        value: this.text(name),
        shell_only: shellOnly,
      };
    });
    const custom = [...this.#custom].sort(byName).map(([name, value]): FlagRow => {
      return { name, type: 'string', description: '', default_value: '', value, shell_only: 0 };
    });
    return [...declared, ...custom];
  }

  /** What `options()` of the extension API answers: every flag by name, and the custom options. */
  options(): ReadonlyMap<string, FlagOption> {
    const declared = sortedNames().map(name => {
      const option = { value: this.text(name), defaultValue: this.defaultText(name), type: flagTable[name].type };
      return [name, option] as const;
    });
    const custom = [...this.#custom].map(
      ([name, value]) => [name, { value, defaultValue: '', type: 'string' }] as const,
    );
    return new Map<string, FlagOption>([...declared, ...custom]);
  }
}

const byName = ([left]: readonly [string, string], [right]: readonly [string, string]): number =>
  left < right ? -1 : 1;

/** All names of the table in byte order, as `--help` and `osquery_flags` list them. */
export const sortedNames = (): FlagName[] => (Object.keys(flagTable) as FlagName[]).sort();
