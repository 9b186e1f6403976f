import { createServer, type Server, type Socket } from 'node:net';
import { isDeepStrictEqual } from 'node:util';
import {
  decodeFrame,
  encodeFrame,
  FieldType,
  type Frame,
  frameJson,
  Inbox,
  listen,
  replyLimits,
} from '@outpost/protocol';
import { comparable, type RecordedCall } from './conversation.ts';
import { frameOf } from './recording.ts';
import { registeredUuid } from './registration.ts';

const none: ReadonlySet<string> = new Set();

const exception = ({ method, seqid, strict }: Frame): Frame => ({
  method,
  kind: 'exception',
  seqid,
  strict,
  body: {
    type: FieldType.struct,
    fields: [
      [1, { type: FieldType.string, bytes: Buffer.from('The recording has no such call') }],
      [2, { type: FieldType.i32, value: 1 }],
    ],
  },
});

/** Answers an extension as the agent of a recording answered it. */
export class ReplayManager implements AsyncDisposable {
  /** Resolves with the uuid that the extension was given, once it has registered. */
  readonly registered: Promise<number>;
  /** What the extension said of itself. */
  registration: Frame | undefined;
  readonly #calls: readonly RecordedCall[];
  readonly #used = new Set<RecordedCall>();
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #registered = Promise.withResolvers<number>();

  private constructor(calls: readonly RecordedCall[]) {
    this.#calls = calls;
    this.registered = this.#registered.promise;
    this.#server = createServer(socket => this.#serve(socket));
  }

  /** Listens. @param calls what the extension asked in the recording */
  static async start(socket: string, calls: readonly RecordedCall[]): Promise<ReplayManager> {
    const manager = new ReplayManager(calls);
    await listen(manager.#server, socket);
    return manager;
  }

  #serve(socket: Socket): void {
    const inbox = new Inbox(replyLimits);
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk: Buffer) => {
      try {
        inbox.push(Buffer.from(chunk));
        for (let bytes = inbox.take(); bytes !== undefined; bytes = inbox.take())
          this.#answer(socket, decodeFrame(bytes));
      } catch {
        socket.destroy(); // what is no message is answered by nobody
      }
    });
  }

  #answer(socket: Socket, asked: Frame): void {
    if (asked.kind !== 'call') return;
    const recorded = this.#find(asked);
    const answer = recorded?.answer === undefined ? exception(asked) : frameOf(recorded.answer);
    socket.write(encodeFrame({ ...answer, seqid: asked.seqid }));
    const uuid = registeredUuid(answer);
    if (uuid === undefined) return;
    this.registration ??= asked;
    this.#registered.resolve(uuid);
  }

  /** The same call, one that has not been used first; else any of the same method. */
  #find(asked: Frame): RecordedCall | undefined {
    const json = comparable(frameJson(asked), none);
    const ofMethod = this.#calls.filter(({ call, answer }) => call.method === asked.method && answer !== undefined);
    const same = ofMethod.filter(({ call }) => isDeepStrictEqual(comparable(frameJson(frameOf(call)), none), json));
    const found = [same, ofMethod]
      .flatMap(calls => [calls.find(call => !this.#used.has(call)), calls.at(-1)])
      .find(call => call !== undefined);
    if (found !== undefined) this.#used.add(found);
    return found;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.close(() => resolve());
    for (const socket of this.#sockets) socket.destroy();
    await promise;
  }
}
