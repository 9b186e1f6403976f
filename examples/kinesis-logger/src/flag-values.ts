import { readFileSync } from 'node:fs';
import { type Flag, type FlagName, flagOf, flags } from './flags.ts';

/** What the flags are, where they come from, and what is left of the command line. */
export interface FlagValues {
  /** The value of a flag as text. */
  text(name: FlagName): string;
  /** Where a value comes from, for messages. */
  origin(name: FlagName): string;
  /** The words of the command line that are no flags of this logger. */
  readonly rest: readonly string[];
  /** Everything that is wrong, a sentence each. */
  readonly faults: readonly string[];
  /** Flags of osquery that were given and have no effect. */
  readonly idle: readonly string[];
}

interface Given {
  readonly text: string;
  readonly origin: string;
}

interface Word {
  readonly name: string;
  readonly flag: Flag;
  /** Undefined when the next word is the value. */
  readonly text: string | undefined;
}

/** Reads `--name=value`, `--name`, `--noname`, with one dash or two, as osquery's flag library does. */
function wordOf(word: string): Word | undefined {
  const [, written = '', text] = /^--?([a-z_0-9]+)(?:=(.*))?$/s.exec(word) ?? [];
  const flag = flagOf(written);
  const isTruth = flag?.expected === 'true or false';
  if (flag !== undefined) return { name: written, flag, text: text ?? (isTruth ? 'true' : undefined) };
  const negated = written.startsWith('no') && text === undefined ? flagOf(written.slice(2)) : undefined;
  return negated?.expected === 'true or false' ? { name: written.slice(2), flag: negated, text: 'false' } : undefined;
}

class Reading {
  readonly given = new Map<string, Given>();
  readonly faults: string[] = [];

  take({ name, flag }: Word, text: string, origin: string): void {
    if (flag.idle !== true && flag.values?.test(text) === false)
      this.faults.push(`--${name} (${origin}) has to be ${flag.expected}, not ${JSON.stringify(text)}.`);
    this.given.set(name, { text, origin });
  }

  /** Reads a flag file; lines about other flags are for the agent. */
  file(path: string): void {
    let content: string;
    try {
      content = readFileSync(path, 'utf8');
    } catch (error) {
      this.faults.push(`The flag file ${path} cannot be read: ${(error as Error).message}.`);
      return;
    }
    for (const line of content.split('\n').map(each => each.trim())) {
      const word = wordOf(line);
      if (word !== undefined) this.take(word, word.text ?? '', path);
    }
  }

  /** Reads a command line. @returns the words that are no flags of this logger */
  words(argv: readonly string[]): readonly string[] {
    const rest: string[] = [];
    for (let index = 0; index < argv.length; index += 1) {
      const argument = argv[index] ?? '';
      const word = wordOf(argument);
      if (word === undefined) {
        rest.push(argument);
        continue;
      }
      if (word.text === undefined) index += 1;
      this.take(word, word.text ?? argv[index] ?? '', 'command line');
    }
    return rest;
  }

  environment(variables: NodeJS.ProcessEnv): void {
    for (const [name, flag] of Object.entries<Flag>(flags)) {
      const variable = name.toUpperCase();
      const text = variables[variable];
      if (text !== undefined && text !== '' && flag.noVariable !== true)
        this.take({ name, flag, text }, text, variable);
    }
  }
}

/** The variable that names a flag file. */
const fileVariable = 'KINESIS_LOGGER_FLAGFILE';

/** Reads the flags: what the command line says counts before the environment, and that before the flag file. */
export function readFlags(argv: readonly string[], variables: NodeJS.ProcessEnv): FlagValues {
  const reading = new Reading();
  const file = variables[fileVariable];
  if (file !== undefined && file !== '') reading.file(file);
  reading.environment(variables);
  const rest = reading.words(argv);
  const { given, faults } = reading;
  return {
    text: name => given.get(name)?.text ?? flags[name].default,
    origin: name => given.get(name)?.origin ?? 'default',
    rest,
    faults,
    idle: [...given.keys()].filter(name => flagOf(name)?.idle === true),
  };
}
