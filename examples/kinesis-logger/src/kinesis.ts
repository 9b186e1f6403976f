import { KinesisClient, type KinesisClientConfig, PutRecordsCommand } from '@aws-sdk/client-kinesis';
import { eachFailure } from './outcome.ts';
import type { Stream } from './stream.ts';

const mib = 1024 * 1024;

/**
 * A Kinesis stream. The API takes 500 records and 10 MiB in a request, and records of up to 10 MiB where the stream was set to more than 1 MiB
 * (PutRecords, UpdateMaxRecordSize); requests stay at 5 MiB, the limit of before October 2025, unless records are larger.
 *
 * @param recordBytes the maximum record size of the stream
 */
export function kinesisStream(name: string, recordBytes: number, config: KinesisClientConfig): Stream {
  const client = new KinesisClient(config);
  return {
    limits: { records: 500, bytes: recordBytes > mib ? 10 * mib : 5 * mib },
    async put(records, abortSignal) {
      const input = records.map(({ data, key }) => ({ Data: data, PartitionKey: key }));
      const answer = await client.send(new PutRecordsCommand({ StreamName: name, Records: input }), { abortSignal });
      return eachFailure(answer.Records, records.length);
    },
    close: () => client.destroy(),
  };
}
