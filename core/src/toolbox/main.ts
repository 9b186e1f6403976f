/** The entry of the toolbox: what people do with an agent beside running it. */
import { OutpostError } from '@outpost/protocol';
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { agentVersion } from '../flags/index.ts';
import { addExtensions } from './ext/command.ts';

/** How the toolbox was called. */
export interface Invocation {
  readonly name: string;
  readonly argv: readonly string[];
}

/** What Commander says of arguments that it does not understand, such as `error: unknown command 'a'\n(Did you mean b?)`, as sentences. */
const sentences = (text: string): string => {
  const [fault = '', suggestion] = text
    .trim()
    .replace(/^error: /, '')
    .split('\n');
  const advice = suggestion?.replace(/^\(|\)$/g, '') ?? 'outpost --help says what it understands.';
  return `outpost does not understand its arguments: ${fault.replace(/\.$/, '')}. ${advice}\n`;
};

/** Takes the exit code of the command that runs. */
type Finish = (code: Promise<number>) => void;

/** What the commands do is loaded with the first one that is called: `--help` needs none of it. */
const commands = () => import('./commands.ts');

const socketOption = [
  '--socket <path>',
  'the extension socket of the agent; the default of outpostd when left out',
] as const;

const addConfig = (program: Command, finish: Finish): void => {
  const config = program.command('config').description('work with a configuration');
  config
    .command('check')
    .description('say what is wrong with a configuration file; exit code 0 when nothing is')
    .argument('[path]', 'the file; the default of outpostd when left out')
    .action((path: string | undefined) =>
      finish(commands().then(({ checkConfiguration }) => checkConfiguration(path))),
    );
  config
    .command('schema')
    .description('print the JSON Schema of a configuration')
    .action(() => finish(commands().then(({ printConfigSchema }) => printConfigSchema())));
};

const addDoctor = (program: Command, finish: Finish): void => {
  program
    .command('doctor')
    .description('find out why something does not work')
    .command('extension')
    .description('say whether the agent starts an extension, and what to mend when it does not')
    .argument('<path>', 'the program of the extension')
    .action((path: string) => finish(commands().then(({ examineExtensionAt }) => examineExtensionAt(path))));
};

const addExplainSchedule = (program: Command, finish: Finish): void => {
  program
    .command('explain-schedule')
    .description('say how scheduled queries of the running agent are doing, and why they log nothing')
    .argument('[name]', 'the scheduled name of a query; all when left out')
    .option(...socketOption)
    .action((name: string | undefined, { socket }: { socket?: string }) =>
      finish(commands().then(({ explainScheduleOf }) => explainScheduleOf(name, socket))),
    );
};

const addStore = (program: Command, finish: Finish): void => {
  program
    .command('store')
    .description("look at the agent's database")
    .command('inspect')
    .description('print how much is in each domain, or the keys and values of one')
    .argument('[domain]', 'the domain, such as configurations')
    .option('--path <path>', 'the directory of the database; the default of outpostd when left out')
    .option('--prefix <text>', 'only keys that begin so')
    .option('--whole', 'show long values whole')
    .action((domain: string | undefined, options: { path?: string; prefix?: string; whole?: boolean }) =>
      finish(commands().then(({ inspectStoreAt }) => inspectStoreAt(domain, options))),
    );
};

interface WaitOptions {
  readonly socket?: string;
  readonly extension?: readonly string[];
  readonly table?: readonly string[];
  readonly timeout: number;
}

const seconds = (text: string): number => {
  if (!/^\d+(?:\.\d+)?$/.test(text)) throw new InvalidArgumentError('A number of seconds is expected.');
  return Number(text);
};

const addWaitReady = (program: Command, finish: Finish): void => {
  program
    .command('wait-ready')
    .description('wait until the agent answers, and what is named is there')
    .option(...socketOption)
    .option('--extension <names...>', 'extensions that must be ready')
    .option('--table <names...>', 'tables that must be there')
    .option('--timeout <seconds>', 'how long to wait', seconds, 30)
    .action(({ socket, extension = [], table = [], timeout }: WaitOptions) =>
      finish(
        commands().then(({ waitReadyAt }) => waitReadyAt(socket, { extensions: extension, tables: table }, timeout)),
      ),
    );
};

const addSchema = (program: Command, finish: Finish): void => {
  program
    .command('schema')
    .description('print the columns of tables, as Markdown')
    .argument('[tables...]', 'their names; all when left out')
    .option('--json', 'print JSON')
    .action((tables: string[], { json = false }: { json?: boolean }) =>
      finish(commands().then(({ printSchema }) => printSchema(tables, json))),
    );
};

const commandOf = (finish: Finish): Command => {
  const program = new Command('outpost')
    .description('The toolbox of Outpost: outpostd is the agent, outposti its shell.')
    .version(agentVersion)
    .exitOverride()
    .enablePositionalOptions()
    .showSuggestionAfterError()
    .configureOutput({ outputError: (text, write) => write(sentences(text)) });
  for (const add of [addConfig, addDoctor, addExplainSchedule, addExtensions, addStore, addWaitReady, addSchema])
    add(program, finish);
  return program;
};

/** Runs a command of the toolbox. @returns the exit code */
export const main = async ({ argv }: Invocation): Promise<number> => {
  let code = Promise.resolve(0);
  try {
    commandOf(running => {
      code = running;
    }).parse(argv, { from: 'user' });
    return await code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode;
    if (!(error instanceof OutpostError)) throw error;
    process.stderr.write(`${error.message} ${error.remedy}\n`);
    return 1;
  }
};
