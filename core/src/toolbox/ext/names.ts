import { OutpostError } from '@outpost/protocol';
import { reservedWords } from '@outpost/sdk';

/** The name of a new extension, as its files spell it. */
export interface ExtensionName {
  /** Of the directory and the package: `disk-health`. */
  readonly kebab: string;
  /** Of the plugin and the table: `disk_health`. */
  readonly snake: string;
  /** Of a function: `diskHealth`, and `healthPlugin` for a single word, which a local name might hide. */
  readonly camel: string;
  /** Of a class: `DiskHealth`. */
  readonly pascal: string;
  /** Of a variable of the environment: `DISK_HEALTH`. */
  readonly upper: string;
}

const wanted = /^[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*$/;
const longest = 60;

const faultOf = (name: string): string | undefined => {
  if (!wanted.test(name)) return 'it is not lower-case words, joined by hyphens or underscores';
  if (name.length > longest) return `it has more than ${longest} characters`;
  if (reservedWords.has(name)) return 'that is a word of SQL';
  return /^sqlite[-_]/.test(name) ? 'names that begin so are those of SQLite' : undefined;
};

const capitalised = (word: string): string => `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`;

/** Reads a name. @throws OutpostError EXTENSION_NAME_INVALID */
export const extensionName = (name: string): ExtensionName => {
  const reason = faultOf(name);
  if (reason !== undefined) throw new OutpostError('EXTENSION_NAME_INVALID', { name: JSON.stringify(name), reason });
  const words = name.split(/[-_]/);
  const pascal = `${words.map(capitalised).join('')}${words.length === 1 ? 'Plugin' : ''}`;
  const snake = words.join('_');
  return {
    kebab: words.join('-'),
    snake,
    camel: `${words[0]}${pascal.slice(words[0]?.length)}`,
    pascal,
    upper: snake.toUpperCase(),
  };
};

/** Puts a name in the place of the templates' own. */
export const renamed = (text: string, name: ExtensionName): string =>
  text
    .replaceAll('example-name', name.kebab)
    .replaceAll('example_name', name.snake)
    .replaceAll('exampleName', name.camel)
    .replaceAll('ExampleName', name.pascal)
    .replaceAll('EXAMPLE_NAME', name.upper);
