import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request of an AWS client that speaks JSON 1.1. */
export interface AwsRequest {
  /** The operation, such as `PutRecords`. */
  readonly operation: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: AwsBody;
}

/** The members that the two services' batches have. */
export interface AwsBody {
  readonly StreamName?: string;
  readonly DeliveryStreamName?: string;
  readonly Records: readonly { readonly Data: string; readonly PartitionKey?: string }[];
}

/** What is answered. */
export interface AwsAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** What happens to one request on its way. */
export type Fault =
  | { readonly kind: 'none' }
  /** An error instead of an answer. */
  | { readonly kind: 'error'; readonly status: number; readonly type: string; readonly message?: string }
  /** The connection is reset before the request is handled. */
  | { readonly kind: 'reset' }
  /** The request is handled, and the connection is reset before the answer. */
  | { readonly kind: 'lost' }
  /** Nothing is ever answered. */
  | { readonly kind: 'stall' }
  /** Some records are refused. */
  | { readonly kind: 'partial'; readonly refuses: (index: number) => boolean; readonly type: string };

/** What handles requests that come through. */
export type Backend = (request: AwsRequest) => Promise<AwsAnswer>;

const errorAnswer = (status: number, type: string, message = type): AwsAnswer => ({
  status,
  body: { __type: type, message },
});

interface BatchAnswer {
  readonly Records?: readonly unknown[];
  readonly RequestResponses?: readonly unknown[];
}

/** An HTTP server that stands before a service, and does to its requests what a test wants done. */
export class FaultyServer {
  /** Decides on each request. */
  fault: (request: AwsRequest) => Fault = () => ({ kind: 'none' });
  /** All requests that came, whatever became of them. */
  readonly requests: AwsRequest[] = [];
  readonly #backend: Backend;
  readonly #server: Server;
  #port = 0;

  constructor(backend: Backend) {
    this.#backend = backend;
    this.#server = createServer((request, response) => void this.#handle(request, response));
  }

  /** Listens, on the port that it had before. */
  async start(): Promise<this> {
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Breaks all connections, and listens no more. */
  async stop(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const request = await read(incoming);
      this.requests.push(request);
      await this.#answer(request, response);
    } catch {
      response.destroy(); // the client went, or the service behind did
    }
  }

  async #answer(request: AwsRequest, response: ServerResponse): Promise<void> {
    const fault = this.fault(request);
    if (fault.kind === 'stall') return;
    if (fault.kind === 'reset') return void response.destroy();
    if (fault.kind === 'error') return send(response, errorAnswer(fault.status, fault.type, fault.message));
    const answer = fault.kind === 'partial' ? await this.#partly(request, fault) : await this.#backend(request);
    if (fault.kind === 'lost') return void response.destroy();
    send(response, answer);
  }

  async #partly(request: AwsRequest, { refuses, type }: Extract<Fault, { kind: 'partial' }>): Promise<AwsAnswer> {
    const { Records: records } = request.body;
    const taken = records.filter((_record, index) => !refuses(index));
    const body = { ...request.body, Records: taken };
    const answer = taken.length === 0 ? { status: 200, body: {} } : await this.#backend({ ...request, body });
    if (answer.status !== 200) return answer;
    const { Records, RequestResponses } = answer.body as BatchAnswer;
    const given = [...(Records ?? RequestResponses ?? [])];
    const merged = records.map((_record, index) =>
      refuses(index) ? { ErrorCode: type, ErrorMessage: `${type} for record ${index}` } : given.shift(),
    );
    const failed = records.length - taken.length;
    return request.operation === 'PutRecords'
      ? { status: 200, body: { FailedRecordCount: failed, Records: merged } }
      : { status: 200, body: { FailedPutCount: failed, RequestResponses: merged } };
  }
}

async function read(incoming: IncomingMessage): Promise<AwsRequest> {
  const parts: Buffer[] = [];
  for await (const part of incoming as AsyncIterable<Buffer>) parts.push(part);
  const operation = String(incoming.headers['x-amz-target']).split('.').at(-1) ?? '';
  return { operation, headers: incoming.headers, body: JSON.parse(Buffer.concat(parts).toString()) as AwsBody };
}

function send(response: ServerResponse, { status, body }: AwsAnswer): void {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' });
  response.end(JSON.stringify(body));
}
