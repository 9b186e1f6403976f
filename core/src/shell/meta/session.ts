import type { Shell } from '../shell.ts';
import { done, type MetaCommand, type MetaOutcome } from './command.ts';
import { summary, versionLines } from './show.ts';

const features = (shell: Shell): MetaOutcome => {
  const switches = shell.flags.rows().filter(({ name, type }) => type === 'bool' && /^(?:dis|en)able_/.test(name));
  for (const { name, value } of switches) shell.print(`${name}: ${value}\n`);
  return done;
};

/** `.exit`: a number other than 0 ends the shell with it at once. */
const exit = (_: Shell, [text = '']: readonly string[]): MetaOutcome => {
  const code = Number.parseInt(text, 10) || 0;
  return code === 0 ? { kind: 'leave' } : { kind: 'exit', code: code & 0xff };
};

const show = async (shell: Shell): Promise<MetaOutcome> => {
  shell.print(await summary(shell));
  return done;
};

const plain = (name: string, least: number, help: string, run: MetaCommand['run']): MetaCommand => {
  return { name, least, words: [0, 0], usage: '', help, run };
};

/** `.exit`. */
export const exitCommand: MetaCommand = {
  name: 'exit',
  least: 1,
  words: [0, Number.POSITIVE_INFINITY],
  usage: '[CODE]',
  help: 'Leave the shell',
  run: exit,
};

/** `.print`. */
export const printCommand: MetaCommand = {
  name: 'print',
  least: 3,
  words: [0, Number.POSITIVE_INFINITY],
  usage: 'STR…',
  help: 'Print the words',
  run: (shell, words) => {
    shell.result(`${words.join(' ')}\n`);
    return done;
  },
};

/** `.timeout`: taken and without effect, since nobody else writes to the shell's database. */
export const timeoutCommand: MetaCommand = {
  name: 'timeout',
  least: 5,
  words: [1, 1],
  usage: 'MS',
  help: 'Accepted for old scripts; nothing locks the tables',
  run: () => done,
};

/** `.features`. */
export const featuresCommand = plain('features', 1, 'List the parts that are switched on and off', features);
/** `.quit`. */
export const quitCommand = plain('quit', 1, 'Leave the shell', () => ({ kind: 'leave' }));
/** `.show`. */
export const showCommand = plain('show', 1, 'Show the settings', show);
/** `.summary`. */
export const summaryCommand = plain('summary', 1, 'Show the settings', show);
/** `.version`. */
export const versionCommand = plain('version', 1, 'Show the versions', async shell => {
  shell.print(await versionLines(shell));
  return done;
});
