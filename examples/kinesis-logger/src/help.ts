import { type Flag, flags } from './flags.ts';

/** A line for each flag that has an effect. */
const flagLines = (): readonly string[] =>
  Object.entries<Flag>(flags)
    .filter(([, { idle }]) => idle !== true)
    .map(([name, flag]) => `  --${name}${flag.default === '' ? '' : `=${flag.default}`}\n      ${flag.about}`);

/** What `--help` prints. */
export const usage = (): string =>
  [
    'Sends the lines of an Outpost agent to Amazon Kinesis (aws_kinesis) or Firehose (aws_firehose).',
    '',
    'Each flag may also stand in the environment, in capitals (AWS_KINESIS_STREAM), or in the file that KINESIS_LOGGER_FLAGFILE names.',
    'The command line counts before the environment, and that before the file.',
    '',
    ...flagLines(),
  ].join('\n');
