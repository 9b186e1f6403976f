import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Frame } from '@outpost/protocol';
import { FrameProxy, type ProxyListener } from './proxy.ts';
import type { RecordingWriter } from './recording.ts';
import type { Redactor } from './redact.ts';
import { registeredUuid } from './registration.ts';

/** How long an extension may take to listen after it registered, in milliseconds, and how often that is looked for. */
const [listenMs, lookMs] = [10_000, 20];

/** What a recorder needs. */
export interface RecorderOptions {
  /** The socket of the agent. */
  readonly managerSocket: string;
  /** The socket that the extension is told in its place. */
  readonly ownSocket: string;
  readonly writer: RecordingWriter;
  readonly redactor: Redactor;
  readonly say: (line: string) => void;
}

const isListening = (path: string): Promise<boolean> => {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect({ path });
  socket.on('connect', () => resolve(true));
  socket.on('error', () => resolve(false));
  return promise.finally(() => socket.destroy());
};

/** Stands between an agent and an extension, in both directions, and writes down what they say. */
export class FrameRecorder implements AsyncDisposable {
  readonly #options: RecorderOptions;
  readonly #proxies = new Map<number, FrameProxy>();
  #manager: FrameProxy | undefined;
  #closed = false;

  private constructor(options: RecorderOptions) {
    this.#options = options;
  }

  /** Listens at its own socket. @throws OutpostError as FrameProxy.start does */
  static async start(options: RecorderOptions): Promise<FrameRecorder> {
    const recorder = new FrameRecorder(options);
    recorder.#manager = await FrameProxy.start(options.ownSocket, options.managerSocket, recorder.#listener(0));
    return recorder;
  }

  /** The socket that the extension is told. */
  get ownSocket(): string {
    return this.#options.ownSocket;
  }

  /** Lets go of the extensions that have registered: their process has ended. */
  async forget(): Promise<void> {
    const proxies = [...this.#proxies.values()];
    this.#proxies.clear();
    await Promise.all(proxies.map(proxy => proxy.close()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    await this.forget();
    await this.#manager?.close();
  }

  #listener(uuid: number): ProxyListener {
    const { writer, redactor, say } = this.#options;
    return {
      onFrame: (frame, conn, toBack) => {
        const toManager = toBack === (uuid === 0);
        redactor.learn(frame);
        const direction = toManager ? 'extension→manager' : 'manager→extension';
        writer.add(redactor.redact(frame), { conn, uuid, direction });
        if (uuid === 0 && !toManager) this.#registered(frame);
      },
      onUnreadable: (reason, conn) => say(`Connection ${conn} is not recorded any more: ${reason}`),
      onAbsent: () => void this.#drop(uuid),
    };
  }

  #registered(frame: Frame): void {
    const uuid = registeredUuid(frame);
    if (uuid === undefined || this.#proxies.has(uuid)) return;
    this.#follow(uuid).catch((error: unknown) =>
      this.#options.say(`Extension ${uuid} is not recorded: ${String(error)}`),
    );
  }

  /** Listens in the place of an extension once it does itself: until then an agent has to find nobody there. */
  async #follow(uuid: number): Promise<void> {
    const back = `${this.#options.ownSocket}.${uuid}`;
    const deadline = performance.now() + listenMs;
    while (!(await isListening(back))) {
      if (this.#closed || performance.now() > deadline) return;
      await delay(lookMs);
    }
    const proxy = await FrameProxy.start(`${this.#options.managerSocket}.${uuid}`, back, this.#listener(uuid));
    if (this.#closed) await proxy.close();
    else this.#proxies.set(uuid, proxy);
  }

  async #drop(uuid: number): Promise<void> {
    const proxy = this.#proxies.get(uuid);
    this.#proxies.delete(uuid);
    await proxy?.close();
  }
}
