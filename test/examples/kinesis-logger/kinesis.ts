import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { repositoryFile, until } from '../../integration/harness.ts';
import type { AwsAnswer, AwsRequest, Backend } from './http.ts';

/** A record as it was read from the stream. */
export interface StoredRecord {
  readonly key: string;
  readonly data: string;
}

interface StreamDescription {
  readonly StreamDescription: {
    readonly StreamStatus: string;
    readonly Shards: readonly { readonly ShardId: string }[];
  };
}
interface Page {
  readonly NextShardIterator: string;
  readonly Records: readonly { readonly PartitionKey: string; readonly Data: string }[];
}

const program = repositoryFile('examples/kinesis-logger/local-server.mjs');
const headers = {
  'content-type': 'application/x-amz-json-1.1',
  authorization:
    'AWS4-HMAC-SHA256 Credential=a/20261130/us-east-1/kinesis/aws4_request, SignedHeaders=host, Signature=b',
  'x-amz-date': '20261130T000000Z',
};

/** kinesalite, in a process of its own. */
export class KinesisServer {
  readonly #directory: string | undefined;
  #process: ChildProcess | undefined;
  #port = 0;

  /** @param directory where it keeps its records over its death; in memory, when left out */
  constructor(directory?: string) {
    this.#directory = directory;
  }

  /** Starts it, on the port that it had before. */
  async start(): Promise<this> {
    const words = [program, String(this.#port), ...(this.#directory === undefined ? [] : [this.#directory])];
    const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] });
    this.#process = child;
    const [said] = (await once(child.stdout, 'data')) as [Buffer];
    this.#port = Number(String(said));
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get pid(): number {
    return this.#process?.pid ?? 0;
  }

  /** Kills it. */
  async kill(): Promise<void> {
    if (this.#process?.exitCode !== null || this.#process.signalCode !== null) return;
    const ended = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await ended;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.kill();
  }

  /** Passes requests on to it. */
  readonly handle: Backend = ({ operation, body }: AwsRequest) => this.#ask(operation, body);

  /** Makes a stream, and waits until it takes records. */
  async createStream(name: string, shards = 2): Promise<void> {
    await this.#call('CreateStream', { StreamName: name, ShardCount: shards });
    await until('the stream', async () => {
      const { StreamDescription: found } = await this.#call<StreamDescription>('DescribeStream', { StreamName: name });
      return found.StreamStatus === 'ACTIVE' ? true : undefined;
    });
  }

  /** All records of a stream, shard after shard, in their order there. */
  async records(name: string): Promise<readonly StoredRecord[]> {
    const { StreamDescription: found } = await this.#call<StreamDescription>('DescribeStream', { StreamName: name });
    const records: StoredRecord[] = [];
    for (const { ShardId } of found.Shards) records.push(...(await this.#shard(name, ShardId)));
    return records;
  }

  async #shard(name: string, shard: string): Promise<readonly StoredRecord[]> {
    const where = { StreamName: name, ShardId: shard, ShardIteratorType: 'TRIM_HORIZON' };
    const { ShardIterator } = await this.#call<{ ShardIterator: string }>('GetShardIterator', where);
    const records: StoredRecord[] = [];
    for (let iterator = ShardIterator; ; ) {
      const page = await this.#call<Page>('GetRecords', { ShardIterator: iterator, Limit: 10_000 });
      for (const { PartitionKey: key, Data } of page.Records)
        records.push({ key, data: Buffer.from(Data, 'base64').toString() });
      if (page.Records.length === 0) return records;
      iterator = page.NextShardIterator;
    }
  }

  async #call<T>(operation: string, body: unknown): Promise<T> {
    const answer = await this.#ask(operation, body);
    if (answer.status !== 200) throw new Error(`${operation}: ${JSON.stringify(answer.body)}`);
    return answer.body as T;
  }

  async #ask(operation: string, body: unknown): Promise<AwsAnswer> {
    const response = await fetch(this.url, {
      method: 'POST',
      headers: { ...headers, 'x-amz-target': `Kinesis_20131202.${operation}` },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? {} : JSON.parse(text) };
  }
}
