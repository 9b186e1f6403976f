import { defineLogger, type LoggerDefinition } from '@outpost/sdk';
import type { Herald } from './herald.ts';
import type { LogType } from './line.ts';
import type { Meter } from './meter.ts';
import { type PackOptions, pack } from './pack.ts';
import type { Shipper } from './shipper.ts';
import { statusLine } from './status.ts';

/** What a logger of a stream is made of. */
export interface StreamLoggerOptions {
  readonly name: 'aws_kinesis' | 'aws_firehose';
  readonly description: string;
  readonly shipper: Shipper;
  readonly packing: Omit<PackOptions, 'oversize'>;
  readonly meter: Meter;
  readonly herald: Herald;
  /** Whether the agent's status log is sent too. */
  readonly status: boolean;
  /** The version of the agent, for status lines. */
  readonly version: () => Promise<string>;
}

/** A logger plugin that answers when the stream has the lines. */
export function streamLogger(options: StreamLoggerOptions): LoggerDefinition {
  const { name, description, shipper, meter, herald, version } = options;
  const packing: PackOptions = {
    ...options.packing,
    oversize: (line, bytes) => {
      meter.oversize += 1;
      herald.tell('oversize', oversizeText(line, bytes, options));
    },
  };
  const send = (lines: readonly string[], type: LogType): Promise<void> => shipper.ship(pack(lines, type, packing));
  return defineLogger({
    name,
    description,
    logString: line => send([line], 'result'),
    logSnapshot: line => send([line], 'result'),
    logBatch: lines => send(lines, 'result'),
    ...(options.status && {
      logStatus: async statuses => {
        const agent = await version();
        await send(
          statuses.map(status => statusLine(status, agent)),
          'status',
        );
      },
    }),
  });
}

const shownCharacters = 120;

const oversizeText = (line: string, bytes: number, { name, packing, meter }: StreamLoggerOptions): string =>
  `${name}: a line of ${bytes} bytes was not sent, since a record may have ${packing.recordBytes}; a notice went in its place, the number ${meter.oversize} of its kind. ` +
  `It begins ${line.slice(0, shownCharacters)}. Split the query${name === 'aws_kinesis' ? ', or raise the maximum record size of the stream and --aws_kinesis_max_record_kib' : ''}.`;
