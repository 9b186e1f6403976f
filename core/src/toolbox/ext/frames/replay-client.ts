import { connect, type Socket } from 'node:net';
import { decodeFrame, encodeFrame, FieldType, type Frame, Inbox, replyLimits } from '@outpost/protocol';

/** The message that closes a cursor and those that read from it name it first. */
const ofCursor = new Set(['nextRows', 'closeRows']);

/** The value of a field within the result of a reply. */
const resultField = ({ body }: Frame, id: number): number | bigint | undefined => {
  const result = body.fields[0]?.[1];
  if (result === undefined || !('fields' in result)) return undefined;
  const value = result.fields.find(([field]) => field === id)?.[1];
  return value !== undefined && 'value' in value && typeof value.value !== 'boolean' ? value.value : undefined;
};

const cursorId = 2;

/** The connections of a recording's agent, made anew. */
export class ReplayClient implements Disposable {
  readonly #path: string;
  readonly #timeoutMs: number;
  readonly #connections = new Map<number, ReplayConnection>();
  /** The cursors of the extension by those of the recording. */
  readonly #cursors = new Map<string, number | bigint>();

  constructor(path: string, timeoutMs: number) {
    this.#path = path;
    this.#timeoutMs = timeoutMs;
  }

  /**
   * Sends a call on the connection of its number.
   * @param recorded what answered it in the recording
   * @returns the answer; a phrase when there is none
   */
  async ask(call: Frame, conn: number, recorded: Frame | undefined): Promise<Frame | string> {
    let connection = this.#connections.get(conn);
    if (connection === undefined) {
      connection = new ReplayConnection(this.#path, this.#timeoutMs);
      this.#connections.set(conn, connection);
    }
    const answer = await connection.ask(this.#translated(call), recorded !== undefined);
    if (recorded !== undefined && typeof answer !== 'string') this.#learn(recorded, answer);
    return answer;
  }

  /** Ends a connection of the recording. */
  end(conn: number): void {
    this.#connections.get(conn)?.close();
    this.#connections.delete(conn);
  }

  [Symbol.dispose](): void {
    for (const conn of [...this.#connections.keys()]) this.end(conn);
  }

  #learn(recorded: Frame, answer: Frame): void {
    const [then, now] = [resultField(recorded, cursorId), resultField(answer, cursorId)];
    if (then !== undefined && now !== undefined && recorded.method.endsWith('Rows'))
      this.#cursors.set(String(then), now);
  }

  #translated(call: Frame): Frame {
    if (!ofCursor.has(call.method)) return call;
    const fields = call.body.fields.map(([id, value]) => {
      const now = id === 1 && 'value' in value ? this.#cursors.get(String(value.value)) : undefined;
      return now === undefined ? ([id, value] as const) : ([id, { type: FieldType.i64, value: now }] as const);
    });
    return { ...call, body: { ...call.body, fields } };
  }
}

class ReplayConnection {
  readonly #socket: Socket;
  readonly #inbox = new Inbox(replyLimits);
  readonly #timeoutMs: number;
  #waiting: { readonly seqid: number; readonly resolve: (answer: Frame | string) => void } | undefined;
  #ended: string | undefined;

  constructor(path: string, timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
    this.#socket = connect({ path });
    this.#socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    this.#socket.on('error', error => this.#end(`the connection failed: ${error.message}`));
    this.#socket.on('close', () => this.#end('the connection was closed'));
  }

  async ask(call: Frame, answered: boolean): Promise<Frame | string> {
    if (this.#ended !== undefined) return this.#ended;
    const { promise, resolve } = Promise.withResolvers<Frame | string>();
    this.#waiting = { seqid: call.seqid, resolve };
    this.#socket.write(encodeFrame(call));
    if (!answered) return 'nothing is waited for';
    const timer = setTimeout(() => resolve(`no answer within ${this.#timeoutMs / 1000} s`), this.#timeoutMs);
    return promise.finally(() => clearTimeout(timer));
  }

  close(): void {
    this.#socket.destroy();
  }

  #receive(chunk: Buffer): void {
    try {
      this.#inbox.push(Buffer.from(chunk));
      for (let bytes = this.#inbox.take(); bytes !== undefined; bytes = this.#inbox.take()) {
        const frame = decodeFrame(bytes);
        if (frame.seqid === this.#waiting?.seqid) this.#waiting.resolve(frame);
      }
    } catch (error) {
      this.#end(`the answer is no message: ${error instanceof Error ? error.message : String(error)}`);
      this.#socket.destroy();
    }
  }

  #end(reason: string): void {
    this.#ended ??= reason;
    this.#waiting?.resolve(this.#ended);
  }
}
