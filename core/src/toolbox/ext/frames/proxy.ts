import { connect, createServer, type Server, type Socket } from 'node:net';
import { decodeFrame, type Frame, Inbox, listen, replyLimits } from '@outpost/protocol';

/** What a proxy tells. */
export interface ProxyListener {
  /** A whole message has passed. @param toBack whether it goes from who connected to who is connected to */
  onFrame(frame: Frame, connection: number, toBack: boolean): void;
  /** What passes on a connection is no message of the protocol; it is passed on unread from here. */
  onUnreadable(reason: string, connection: number): void;
  /** Nobody listens behind it. */
  onAbsent?(): void;
}

let connections = 0;

/** Passes on bytes between a socket of its own and another one, as they are, and tells what messages they are. */
export class FrameProxy implements AsyncDisposable {
  readonly #server: Server;
  readonly #back: string;
  readonly #listener: ProxyListener;
  readonly #sockets = new Set<Socket>();

  private constructor(back: string, listener: ProxyListener) {
    this.#back = back;
    this.#listener = listener;
    this.#server = createServer({ allowHalfOpen: true }, front => this.#join(front));
  }

  /** Listens at `front` for whoever wants `back`. @throws OutpostError SOCKET_IN_USE, SOCKET_UNUSABLE, SOCKET_PATH_OCCUPIED */
  static async start(front: string, back: string, listener: ProxyListener): Promise<FrameProxy> {
    const proxy = new FrameProxy(back, listener);
    await listen(proxy.#server, front);
    return proxy;
  }

  #join(front: Socket): void {
    connections += 1;
    const connection = connections;
    const back = connect({ path: this.#back, allowHalfOpen: true });
    for (const socket of [front, back]) {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    }
    back.on('error', () => {
      front.destroy();
      if (back.connecting || back.bytesRead + back.bytesWritten === 0) this.#listener.onAbsent?.();
    });
    front.on('error', () => back.destroy());
    this.#tap(front, connection, true);
    this.#tap(back, connection, false);
    front.pipe(back);
    back.pipe(front);
  }

  #tap(from: Socket, connection: number, toBack: boolean): void {
    const inbox = new Inbox(replyLimits);
    const take = (chunk: Buffer): void => {
      try {
        inbox.push(Buffer.from(chunk));
        for (let bytes = inbox.take(); bytes !== undefined; bytes = inbox.take())
          this.#listener.onFrame(decodeFrame(bytes), connection, toBack);
      } catch (error) {
        from.off('data', take);
        this.#listener.onUnreadable(error instanceof Error ? error.message : String(error), connection);
      }
    };
    from.on('data', take);
  }

  /** Stops listening and ends all connections. */
  async close(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.close(() => resolve());
    for (const socket of this.#sockets) socket.destroy();
    await promise;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
