import type { AwsAnswer, AwsRequest, Backend } from './http.ts';

/** The limits of PutRecordBatch. */
const limits = { records: 500, recordBytes: 1000 * 1024, bytes: 4 * 1024 * 1024 };

const invalid = (message: string): AwsAnswer => ({
  status: 400,
  body: { __type: 'InvalidArgumentException', message },
});

/** A Firehose service with one stream, which keeps what it takes in the order in which it came. */
export class FirehoseService {
  readonly records: string[] = [];
  readonly #stream: string;

  constructor(stream: string) {
    this.#stream = stream;
  }

  readonly handle: Backend = async request => this.#put(request);

  #put({ operation, body }: AwsRequest): AwsAnswer {
    if (operation !== 'PutRecordBatch') return { status: 400, body: { __type: 'UnknownOperationException' } };
    if (body.DeliveryStreamName !== this.#stream)
      return {
        status: 400,
        body: { __type: 'ResourceNotFoundException', message: `Firehose ${body.DeliveryStreamName} not found` },
      };
    const data = body.Records.map(({ Data }) => Buffer.from(Data, 'base64'));
    if (data.length === 0 || data.length > limits.records) return invalid(`${data.length} records`);
    if (data.some(({ length }) => length > limits.recordBytes)) return invalid('a record is too large');
    if (data.reduce((sum, { length }) => sum + length, 0) > limits.bytes) return invalid('the request is too large');
    this.records.push(...data.map(String));
    const RequestResponses = data.map((_data, index) => ({ RecordId: `${this.records.length}-${index}` }));
    return { status: 200, body: { FailedPutCount: 0, RequestResponses } };
  }
}
