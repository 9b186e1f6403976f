/** The entry of the toolbox: what people do with an agent beside running it. */
import { Command, CommanderError } from 'commander';
import { agentVersion } from '../flags/index.ts';

/** How the toolbox was called. */
export interface Invocation {
  readonly name: string;
  readonly argv: readonly string[];
}

const commandOf = (finish: (code: Promise<number>) => void): Command => {
  const program = new Command('outpost')
    .description('The toolbox of Outpost: outpostd is the agent, outposti its shell.')
    .version(agentVersion)
    .exitOverride()
    .showSuggestionAfterError();
  const config = program.command('config').description('work with a configuration');
  config
    .command('check')
    .description('say what is wrong with a configuration file; exit code 0 when nothing is')
    .argument('[path]', 'the file; the default of outpostd when left out')
    .action((path: string | undefined) =>
      finish(import('./commands.ts').then(commands => commands.checkConfiguration(path))),
    );
  program
    .command('schema')
    .description('print the columns of tables, as Markdown')
    .argument('[tables...]', 'their names; all when left out')
    .option('--json', 'print JSON')
    .action((tables: string[], { json = false }: { json?: boolean }) =>
      finish(import('./commands.ts').then(commands => commands.printSchema(tables, json))),
    );
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
    throw error;
  }
};
