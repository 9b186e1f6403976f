import { FirehoseClient, type FirehoseClientConfig, PutRecordBatchCommand } from '@aws-sdk/client-firehose';
import { eachFailure } from './outcome.ts';
import type { Stream } from './stream.ts';

/** How many bytes a record may have: osquery's limit, a little under the 1,000 KiB of the API (PutRecordBatch). */
export const firehoseRecordBytes = 999_999;

/** A Firehose stream. The API takes 500 records and 4 MiB in a request; as in osquery, requests stay under 4,000,000 bytes. */
export function firehoseStream(name: string, config: FirehoseClientConfig): Stream {
  const client = new FirehoseClient(config);
  return {
    limits: { records: 500, bytes: 3_999_999 },
    async put(records, abortSignal) {
      const input = records.map(({ data }) => ({ Data: data }));
      const command = new PutRecordBatchCommand({ DeliveryStreamName: name, Records: input });
      const answer = await client.send(command, { abortSignal });
      return eachFailure(answer.RequestResponses, records.length);
    },
    close: () => client.destroy(),
  };
}
