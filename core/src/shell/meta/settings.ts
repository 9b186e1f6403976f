import { type Mode, type Settings, shortText } from '../settings.ts';
import type { Shell } from '../shell.ts';
import { booleanOf, done, failed, type MetaCommand, type MetaOutcome } from './command.ts';

const modes: Readonly<Record<string, Mode>> = {
  column: 'column',
  columns: 'column',
  csv: 'csv',
  line: 'line',
  lines: 'line',
  list: 'list',
  pretty: 'pretty',
};

const setMode = (shell: Shell, name: string): MetaOutcome => {
  const mode = Object.hasOwn(modes, name) ? modes[name] : undefined;
  if (mode === undefined) return failed(shell, 'Error: mode should be one of: column csv line list pretty');
  shell.settings.mode = mode;
  if (mode === 'csv') shell.settings.separator = ',';
  return done;
};

const set = <Name extends keyof Settings>(shell: Shell, name: Name, value: Settings[Name]): MetaOutcome => {
  shell.settings[name] = value;
  return done;
};

type Switch = 'bail' | 'echo' | 'header' | 'timer';

const switchCommand = (name: string, setting: Switch, least: number, help: string): MetaCommand => ({
  name,
  least,
  words: [1, 1],
  usage: 'ON|OFF',
  help,
  run: (shell, [text = '']) => set(shell, setting, booleanOf(shell, text)),
});

const widthOf = (text: string): number => Number.parseInt(text, 10) || 0;

/** `.bail`. */
export const bailCommand = switchCommand('bail', 'bail', 3, 'Stop after an error, when input is no terminal');
/** `.echo`. */
export const echoCommand = switchCommand('echo', 'echo', 1, 'Print each statement before it runs');
/** `.headers`, of which `.header` is a prefix. */
export const headersCommand = switchCommand('headers', 'header', 1, 'Print the names of columns');
/** `.timer`. */
export const timerCommand = switchCommand('timer', 'timer', 5, 'Print how long each statement took');

/** `.mode`. */
export const modeCommand: MetaCommand = {
  name: 'mode',
  least: 1,
  words: [1, 1],
  usage: 'MODE',
  help: `Set how rows are printed:
                 column   Columns of a fixed width, see .width
                 csv      Values with commas between them
                 line     One value a line
                 list     Values with the separator between them
                 pretty   A framed table`,
  run: (shell, [name = '']) => setMode(shell, name),
};

/** `.nullvalue`. */
export const nullvalueCommand: MetaCommand = {
  name: 'nullvalue',
  least: 1,
  words: [1, 1],
  usage: 'STR',
  help: 'Print this text for NULL, in all modes but pretty',
  run: (shell, [text = '']) => set(shell, 'nullvalue', shortText(text)),
};

/** `.separator`. */
export const separatorCommand: MetaCommand = {
  name: 'separator',
  least: 2,
  words: [1, 1],
  usage: 'STR',
  help: 'Set what separates values in list and csv modes',
  run: (shell, [text = '']) => set(shell, 'separator', shortText(text)),
};

/** `.width`. */
export const widthCommand: MetaCommand = {
  name: 'width',
  least: 1,
  words: [1, Number.POSITIVE_INFINITY],
  usage: 'NUM NUM …',
  help: 'Set the widths of columns in column mode',
  run: (shell, words) => set(shell, 'widths', words.map(widthOf)),
};
