import { type LogAnswer, type LogLine, logKinds, OutpostError } from '@outpost/protocol';
import { messageOf } from '../answer.ts';
import { decodeLoggerRequest } from './codec.ts';
import type { LoggerDefinition } from './definition.ts';

const textOf = ({ line }: LogLine): string => Buffer.from(line.buffer, line.byteOffset, line.byteLength).toString();

/** Hands one line over that is none of results. */
const logOther = async (definition: LoggerDefinition, line: LogLine): Promise<void> => {
  if (line.kind === logKinds.snapshot) return (definition.logSnapshot ?? definition.logString)(textOf(line));
  if (line.kind !== logKinds.status || definition.logStatus === undefined)
    throw new OutpostError('PLUGIN_FAILED', { message: 'Not enabled' });
  const request = decodeLoggerRequest({ status: 'true', log: textOf(line) });
  if (request.kind === 'status') await definition.logStatus(request.statuses);
};

/** How many lines of results are next. */
const resultsFrom = (lines: readonly LogLine[], start: number): readonly LogLine[] => {
  const end = lines.findIndex((line, index) => index >= start && line.kind !== logKinds.result);
  return lines.slice(start, end < 0 ? lines.length : end);
};

/**
 * Hands lines to a logger, in order, until one fails.
 *
 * @param accepted is told how many lines are delivered
 */
const logAll = async (
  definition: LoggerDefinition,
  lines: readonly LogLine[],
  accepted: (count: number) => void,
): Promise<void> => {
  for (let at = 0; at < lines.length; accepted(at)) {
    const batch = definition.logBatch === undefined ? [] : resultsFrom(lines, at);
    const line = lines[at] as LogLine;
    if (batch.length > 0) at += await deliver(definition, batch, count => accepted(at + count));
    else {
      if (line.kind === logKinds.result) await definition.logString(textOf(line));
      else await logOther(definition, line);
      at += 1;
    }
  }
};

/** Hands a batch over. A logger that took the first lines of it only fails with the others. */
const deliver = async (
  definition: LoggerDefinition,
  batch: readonly LogLine[],
  accepted: (count: number) => void,
): Promise<number> => {
  const taken = await definition.logBatch?.(batch.map(textOf));
  if (typeof taken !== 'number' || taken >= batch.length) return batch.length;
  accepted(Math.max(0, taken));
  throw new OutpostError('PLUGIN_FAILED', {
    message: `${batch.length - taken} of ${batch.length} lines were not taken`,
  });
};

/** Hands lines to a logger, in order, and says how many of them it took. */
export async function logLines(definition: LoggerDefinition, lines: readonly LogLine[]): Promise<LogAnswer> {
  let accepted = 0;
  try {
    await logAll(definition, lines, count => {
      accepted = count;
    });
    return { accepted: lines.length, failure: undefined };
  } catch (error) {
    const failure = new OutpostError('PLUGIN_FAILED', { message: messageOf(error) }, { cause: error });
    return { accepted, failure };
  }
}
