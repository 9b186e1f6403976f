import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from './answers.ts';
import { isRefusal, withExtension } from './extension-caller.ts';
import type { KnownExtension } from './known-extension.ts';
import type { StateLog } from './states.ts';

/** How often an extension that has not answered yet is asked, milliseconds. */
const startingPauseMs = 50;

/** An extension that misses this many signs of life in a row is suspended. */
const missLimit = 3;

/** For so many intervals an extension may work on a call and answer nobody before that is told. */
const busyLimit = 5;

/** How extensions are watched. */
export interface LivenessOptions {
  /** Milliseconds between two pings. */
  readonly intervalMs: number;
  /** Milliseconds that an extension has to listen, from its registration. */
  readonly timeoutMs: number;
  /** Milliseconds that nobody may listen at a socket before its extension is dead. */
  readonly graceMs: number;
  /** Milliseconds that an answer to a ping may take. */
  readonly pingTimeoutMs: number;
  /** Milliseconds after the last sign of life for which work on a call counts as one: no call lasts longer. */
  readonly callLimitMs: number;
  /** Whether a query waits for an answer of an extension. */
  readonly busy: (uuid: number) => boolean;
  readonly states: StateLog;
  /** Is told that an extension is out of service: suspended or dead. */
  readonly onOutOfService: (extension: KnownExtension) => Promise<void>;
  /** Is told that a suspended extension is about to be ready again. */
  readonly onReturn: (extension: KnownExtension) => Promise<void>;
}

/** Watches whether extensions live. */
export class Liveness {
  readonly #options: LivenessOptions;

  constructor(options: LivenessOptions) {
    this.#options = options;
  }

  /** Watches an extension until it is dead or its `ending` fires. */
  async watch(extension: KnownExtension): Promise<void> {
    const { signal } = extension.ending;
    do await this.#check(extension);
    while (extension.state !== 'dead' && (await pause(this.#pauseOf(extension), signal)));
  }

  #pauseOf({ state, goneSince }: KnownExtension): number {
    const { intervalMs, graceMs } = this.#options;
    if (state === 'starting') return Math.min(startingPauseMs, intervalMs);
    return goneSince === undefined ? intervalMs : Math.min(intervalMs, graceMs);
  }

  async #check(extension: KnownExtension): Promise<void> {
    if (this.#renews(extension)) return;
    const { signal } = extension.ending;
    const timeoutMs = this.#options.pingTimeoutMs;
    try {
      const { code } = await withExtension(extension.socketPath, { timeoutMs, signal }, client => client.ping());
      if (code === 0) await this.#alive(extension);
      else await this.#missed(extension, `its ping was answered with code ${code}`);
    } catch (error) {
      if (signal.aborted) return;
      if (isRefusal(error)) await this.#gone(extension);
      else await this.#missed(extension, messageOf(error).replace(/\.$/, ''));
    }
  }

  /** Whether it said of itself, not long ago, that it lives; then it need not be asked. */
  #renews({ state, renewedAt }: KnownExtension): boolean {
    return state === 'ready' && Date.now() - renewedAt < 2 * this.#options.intervalMs;
  }

  async #alive(extension: KnownExtension): Promise<void> {
    extension.seen();
    if (extension.state === 'suspended') await this.#options.onReturn(extension);
    if (!extension.ending.signal.aborted) this.#options.states.change(extension, 'ready', 'it answers');
  }

  /** Somebody listens but does not answer as he should. Who works on a call may be too busy to. */
  async #missed(extension: KnownExtension, reason: string): Promise<void> {
    extension.goneSince = undefined;
    if (this.#mayStillStart(extension)) return;
    if (this.#works(extension)) return this.#tellBusy(extension);
    extension.missed += 1;
    if (extension.state === 'suspended') return;
    if (extension.missed < missLimit) return this.#options.states.change(extension, 'unresponsive', reason);
    await this.#retire(extension, 'suspended', `${extension.missed} signs of life did not come; ${reason}`);
  }

  /** Nobody listens. */
  async #gone(extension: KnownExtension): Promise<void> {
    if (this.#mayStillStart(extension)) return;
    const neverListened = extension.state === 'starting';
    extension.goneSince ??= Date.now();
    const reason = neverListened ? 'it has not begun to listen' : 'nobody listens at its socket';
    if (neverListened || Date.now() - extension.goneSince >= this.#options.graceMs)
      return this.#retire(extension, 'dead', reason);
    if (extension.state === 'ready') this.#options.states.change(extension, 'unresponsive', reason);
  }

  /** An extension that works for long stays in service; that it answers nobody is told all the same. */
  #tellBusy(extension: KnownExtension): void {
    const silentMs = Date.now() - extension.lastSeen;
    if (extension.state !== 'ready' || silentMs < this.#options.intervalMs * busyLimit) return;
    const reason = `it has been at work on a call for ${Math.round(silentMs / 1000)} s and answers no ping`;
    this.#options.states.change(extension, 'unresponsive', reason);
  }

  #works({ calls, uuid, lastSeen }: KnownExtension): boolean {
    const { busy, callLimitMs } = this.#options;
    return (calls > 0 || busy(uuid)) && Date.now() - lastSeen < callLimitMs;
  }

  #mayStillStart({ state, registeredAt }: KnownExtension): boolean {
    return state === 'starting' && Date.now() - registeredAt < this.#options.timeoutMs;
  }

  async #retire(extension: KnownExtension, to: 'suspended' | 'dead', reason: string): Promise<void> {
    this.#options.states.change(extension, to, reason);
    await this.#options.onOutOfService(extension);
  }
}

/** Waits. @returns whether the time passed before the signal fired */
async function pause(milliseconds: number, signal: AbortSignal): Promise<boolean> {
  try {
    await delay(milliseconds, undefined, { signal, ref: false });
    return true;
  } catch {
    return false; // delay rejects only because the signal fired
  }
}
