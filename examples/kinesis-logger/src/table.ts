import { bigint, defineTable, type TableDefinition, text } from '@outpost/sdk';
import type { Place } from './explain.ts';
import type { Meter } from './meter.ts';

/** A stream that is being written to. */
export interface Metered {
  readonly logger: string;
  readonly place: Place;
  readonly meter: Meter;
}

/** The table `kinesis_logger`: what happened to the lines, a row for each stream. */
export const meterTable = (streams: readonly Metered[]): TableDefinition =>
  defineTable({
    name: 'kinesis_logger',
    description: 'What the loggers aws_kinesis and aws_firehose have done since they started.',
    examples: ['select logger, lines, waiting_bytes, last_error from kinesis_logger'],
    columns: {
      logger: text('aws_kinesis or aws_firehose'),
      stream: text('Name of the stream'),
      region: text('Its region'),
      lines: bigint('Lines that the stream has taken'),
      records: bigint('Records that they came in'),
      bytes: bigint('Bytes of data and keys'),
      requests: bigint('Requests that were made'),
      failed_requests: bigint('Requests that failed as a whole'),
      failed_records: bigint('Records that were refused within a request, each time'),
      throttled_records: bigint('Records that came to nothing because the stream takes less than there is'),
      oversize_lines: bigint('Lines that were too large, in whose place a notice went'),
      failed_calls: bigint('Calls of the agent that failed; their lines come again'),
      waiting_records: bigint('Records in memory now'),
      waiting_bytes: bigint('Bytes in memory now'),
      peak_waiting_bytes: bigint('The most there were'),
      last_taken: bigint('When the stream last took something, seconds since the epoch'),
      last_error: text('The last failure'),
      last_error_time: bigint('When it was'),
    },
    generate: () => streams.map(rowOf),
  }) as TableDefinition;

const rowOf = ({ logger, place, meter }: Metered) => ({
  logger,
  stream: place.stream,
  region: place.region,
  lines: meter.lines,
  records: meter.records,
  bytes: meter.bytes,
  requests: meter.requests,
  failed_requests: meter.failedRequests,
  failed_records: meter.failedRecords,
  throttled_records: meter.throttled,
  oversize_lines: meter.oversize,
  failed_calls: meter.failedCalls,
  waiting_records: meter.waitingRecords,
  waiting_bytes: meter.waitingBytes,
  peak_waiting_bytes: meter.peakBytes,
  last_taken: meter.lastTaken,
  last_error: meter.lastError,
  last_error_time: meter.lastErrorTime,
});
