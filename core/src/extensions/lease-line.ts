import { ExtensionClient2, OutpostError, unixEndpoint } from '@outpost/protocol';

/** How long connecting may take, milliseconds. */
const connectMs = 5_000;

/** The connection of the main thread to an extension that holds a lease: made when it is needed, and again when it has ended. */
export class LeaseLine {
  readonly #path: string;
  #client: Promise<ExtensionClient2> | undefined;
  #closed = false;

  constructor(path: string) {
    this.#path = path;
  }

  /** @throws OutpostError SOCKET_NOT_AVAILABLE when nobody listens; CALL_ABANDONED when the lease is over */
  async client(): Promise<ExtensionClient2> {
    if (this.#closed) throw new OutpostError('CALL_ABANDONED');
    const known = await this.#client?.catch(() => undefined);
    if (known !== undefined && !known.closed) return known;
    this.#client = ExtensionClient2.connect(unixEndpoint(this.#path), { timeoutMs: connectMs });
    return this.#client;
  }

  /** Ends the connection; calls that are not answered yet fail. */
  close(): void {
    this.#closed = true;
    this.#client?.then(
      client => client.close(),
      () => undefined, // it was never made
    );
  }
}
