import { existsSync, type FSWatcher, watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ExtensionManagerClient, unixEndpoint } from '@outpost/protocol';

const firstPauseMs = 20;
const longestPauseMs = 1000;
const pingTimeoutMs = 10_000;

/** How long to wait, and until when. */
export interface WaitOptions {
  /** Milliseconds; Infinity waits until the signal fires. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** Whether a manager answers at `socket`. */
async function answers(socket: string): Promise<boolean> {
  if (!existsSync(socket)) return false;
  try {
    using client = await ExtensionManagerClient.connect(unixEndpoint(socket), { timeoutMs: pingTimeoutMs });
    return (await client.ping()).code === 0;
  } catch {
    return false; // refused, not yet listening, or dying: the same as not there
  }
}

/** Watches for a socket that is made or removed. */
export class SocketWatch implements Disposable {
  readonly #watcher: FSWatcher | undefined;
  #wake: () => void = () => undefined;

  constructor(socket: string) {
    const name = basename(socket);
    try {
      this.#watcher = watch(dirname(socket), { persistent: false }, (_event, file) => {
        if (file === name) this.#wake();
      });
      this.#watcher.on('error', () => this.#wake());
    } catch {
      this.#watcher = undefined; // no such directory yet, or no more watches to be had: the polls go on
    }
  }

  /** Waits until something happens to the socket, the time is up or the signal fires. */
  async pause(milliseconds: number, signal: AbortSignal): Promise<void> {
    const woken = new AbortController();
    this.#wake = () => woken.abort();
    await sleep(milliseconds, AbortSignal.any([signal, woken.signal]));
  }

  [Symbol.dispose](): void {
    this.#watcher?.close();
  }
}

/**
 * Waits until a manager answers at `socket`: asks when the socket appears, and every 20 ms, more seldom the longer it takes where
 * there is no deadline.
 *
 * @returns whether one answered before the time was up.
 */
export async function waitForManager(socket: string, { timeoutMs, signal }: WaitOptions): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  using changes = new SocketWatch(socket);
  let pauseMs = firstPauseMs;
  while (!signal.aborted) {
    if (await answers(socket)) return true;
    const left = deadline - Date.now();
    if (left <= 0) return false;
    await changes.pause(Math.min(pauseMs, left), signal);
    if (timeoutMs === Number.POSITIVE_INFINITY) pauseMs = Math.min(longestPauseMs, pauseMs * 1.5);
  }
  return false;
}

/** Waits, unless the signal fires before; whether the time passed. */
export async function sleep(milliseconds: number, signal: AbortSignal): Promise<boolean> {
  try {
    await delay(milliseconds, undefined, { signal });
    return true;
  } catch {
    return false; // delay rejects only because the signal fired
  }
}
