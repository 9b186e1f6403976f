import { type Command, InvalidArgumentError, Option } from 'commander';
import type { RecordFlags } from './frames/record.ts';
import type { ReplayFlags } from './frames/replay.ts';
import { kinds, languages } from './languages.ts';
import type { NewFlags } from './new.ts';
import type { RunFlags } from './run/run.ts';
import type { VerifyFlags } from './verify.ts';

/** Takes the exit code of the command that runs. */
type Finish = (code: Promise<number>) => void;

/** Named here once more, since the suite is loaded only when it runs. */
const levels = ['core', 'writable', 'config', 'logger', 'distributed'];

const positiveSeconds = (text: string): number => {
  const seconds = Number(text);
  if (!(seconds > 0)) throw new InvalidArgumentError('A number of seconds is expected.');
  return seconds;
};

/** Collects a list of levels, which may be given together or one by one. */
const levelsOf = (text: string, before: readonly string[] = []): readonly string[] => {
  const named = text.split(',');
  const unknown = named.find(name => !levels.includes(name));
  if (unknown !== undefined)
    throw new InvalidArgumentError(`There is no level ${unknown}; levels are ${levels.join(', ')}.`);
  return [...before, ...named];
};

const collect = (text: string, before: readonly string[] = []): readonly string[] => [...before, text];

const addVerify = (ext: Command, finish: Finish): void => {
  ext
    .command('verify')
    .description('say whether an extension, in whatever language, does what agents rely on; exit code 0 when it does')
    .argument('<command...>', 'the program and its arguments, or a source file; --socket and its like are added')
    .option(
      '--level <levels>',
      `what is looked at, of ${levels.join(',')}; core and what it has, when left out`,
      levelsOf,
    )
    .option('--check <name>', 'only this check, such as core.limit; may be given again', collect)
    .option('--row <table=values>', 'for the level writable: the values of a row as a JSON array', collect)
    .option('--timeout <seconds>', 'how long the extension may take for anything', positiveSeconds, 10)
    .option('--json', 'print JSON')
    .option('--strict', 'let advice count as failure')
    .passThroughOptions()
    .action((command: string[], flags: VerifyFlags) =>
      finish(import('./verify.ts').then(({ verifyExtension }) => verifyExtension(command, flags))),
    );
};

const addNew = (ext: Command, finish: Finish): void => {
  ext
    .command('new')
    .description('make the project of an extension, with tests that pass')
    .argument('<name>', 'such as disk-health; its table is then disk_health')
    .addOption(new Option('--language <language>', 'what it is written in').choices(languages).makeOptionMandatory())
    .addOption(new Option('--kind <kind>', 'what it brings').choices(kinds).default('table'))
    .option('--directory <path>', 'where it goes; a new directory of its name, when left out')
    .action((name: string, flags: NewFlags) =>
      finish(import('./new.ts').then(({ newExtension }) => newExtension(name, flags))),
    );
};

const redactOption = [
  '--redact <names>',
  'take out the values of columns and keys with these words in their names, such as password,token',
  (text: string, before: readonly string[] = []): readonly string[] => [...before, ...text.split(',')],
] as const;

const addRun = (ext: Command, finish: Finish): void => {
  ext
    .command('run')
    .description('run an extension under an agent of its own, with a prompt; it is started anew when its files change')
    .argument('<file>', 'its source or program')
    .argument('[arguments...]', 'for the extension; after --')
    .option('--query <sql>', 'run this instead of a prompt, and end')
    .option('--json', 'print results as JSON')
    .option('--verbose', 'have the extension say what it does')
    .option('--record <file>', 'write down what agent and extension say, as JSON lines')
    .option(...redactOption)
    .action((file: string, words: string[], flags: RunFlags) =>
      finish(import('./run/run.ts').then(({ runExtension }) => runExtension([file, ...words], flags))),
    );
};

const addRecord = (ext: Command, finish: Finish): void => {
  ext
    .command('record')
    .description('run an extension under a running agent, and write down what the two say, as JSON lines')
    .argument('<command...>', 'the program and its arguments, or a source file')
    .requiredOption('--output <file>', 'where the recording goes')
    .option('--socket <path>', 'the extension socket of the agent; the default of outpostd when left out')
    .option(...redactOption)
    .passThroughOptions()
    .action((words: string[], { socket, ...flags }: RecordFlags & { readonly socket?: string }) =>
      finish(import('../commands.ts').then(({ recordExtensionAt }) => recordExtensionAt(words, socket, flags))),
    );
};

const addReplay = (ext: Command, finish: Finish): void => {
  ext
    .command('replay')
    .description(
      'say to an extension what the agent of a recording said, and compare the answers; exit code 0 when none differs',
    )
    .argument('<recording>', 'what outpost ext record has written')
    .argument('[command...]', 'the extension; that of the recording when left out')
    .option('--ignore <column>', 'a column that differs each time; may be given again', collect)
    .option('--timeout <seconds>', 'how long the extension may take for anything', positiveSeconds, 10)
    .passThroughOptions()
    .action((recording: string, words: string[], flags: ReplayFlags) =>
      finish(import('./frames/replay.ts').then(({ replayRecording }) => replayRecording(recording, words, flags))),
    );
};

/** Adds `outpost ext`: what authors of extensions need. */
export const addExtensions = (program: Command, finish: Finish): void => {
  const ext = program.command('ext').description('make, try and check extensions').enablePositionalOptions();
  for (const add of [addNew, addRun, addVerify, addRecord, addReplay]) add(ext, finish);
};
