import type { Shell } from '../shell.ts';
import { done, failed, type MetaCommand, type MetaOutcome } from './command.ts';
import { connectionCommands } from './connection.ts';
import {
  exitCommand,
  featuresCommand,
  printCommand,
  quitCommand,
  showCommand,
  summaryCommand,
  timeoutCommand,
  versionCommand,
} from './session.ts';
import {
  bailCommand,
  echoCommand,
  headersCommand,
  modeCommand,
  nullvalueCommand,
  separatorCommand,
  timerCommand,
  widthCommand,
} from './settings.ts';
import { allCommand, schemaCommand, tablesCommands } from './tables.ts';
import { metaWords } from './tokens.ts';

const helpCommand: MetaCommand = {
  name: 'help',
  least: 1,
  words: [0, Number.POSITIVE_INFINITY],
  usage: '',
  help: 'Show this text',
  run: shell => {
    shell.complain(helpText());
    return done;
  },
};

/** All meta commands. Of those that a prefix fits, the first one whose number of words fits is meant. */
const commands: readonly MetaCommand[] = [
  allCommand,
  ...connectionCommands,
  bailCommand,
  echoCommand,
  exitCommand,
  featuresCommand,
  headersCommand,
  helpCommand,
  modeCommand,
  nullvalueCommand,
  printCommand,
  quitCommand,
  schemaCommand,
  separatorCommand,
  showCommand,
  summaryCommand,
  ...tablesCommands,
  timeoutCommand,
  timerCommand,
  versionCommand,
  widthCommand,
];

const typesHelp = { name: 'types', usage: 'SQL;', help: 'Show the types of the columns of a statement' };

const helpText = (): string => {
  const entries = [...commands, typesHelp].sort((left, right) => (left.name < right.name ? -1 : 1));
  const lines = entries.map(({ name, usage, help }) => `${`.${name} ${usage}`.padEnd(17)}${help}\n`);
  return `Ask this machine in SQL: end a statement with a semicolon.\nLines that start with a dot are for the shell itself:\n\n${lines.join('')}`;
};

/** The names of all meta commands, with their dots, for completion. */
export const metaNames = (): string[] => [...commands, typesHelp].map(({ name }) => `.${name}`);

const fits = (command: MetaCommand, word: string, count: number): boolean =>
  word.length >= command.least &&
  command.name.startsWith(word) &&
  count >= command.words[0] &&
  count <= command.words[1];

/**
 * Runs a line that starts with a dot.
 * @param line with the dot
 */
export const runMeta = async (shell: Shell, line: string): Promise<MetaOutcome> => {
  const [word, ...words] = metaWords(line.slice(1));
  if (word === undefined) return done;
  const command = commands.find(each => fits(each, word, words.length));
  if (command !== undefined) return command.run(shell, words);
  return failed(shell, `Error: unknown command or invalid arguments:  "${word}". Enter ".help" for help`);
};
