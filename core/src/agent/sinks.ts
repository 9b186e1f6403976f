import { OutpostError, type PluginRequest } from '@outpost/protocol';
import { encodeLoggerRequest, loggerFeatures } from '@outpost/sdk';
import type { Registry } from '../extensions/registry.ts';
import type { Sink } from '../results/outbox/courier.ts';
import { type Entry, type Run, runsOf } from '../results/outbox/record.ts';

/** How long a logger may take for one request, milliseconds. */
const requestMs = 30_000;

/** A logger plugin, wherever it runs, as the outbox delivers to it. */
export class LoggerSink implements Sink {
  readonly name: string;
  readonly #registry: Registry;
  readonly #processName: string;
  #wantsStatus: boolean | undefined;
  #understands = false;

  constructor(registry: Registry, name: string, processName: string) {
    this.#registry = registry;
    this.name = name;
    this.#processName = processName;
  }

  /**
   * Introduces the agent to the logger before there are lines, so that one that cannot work says so at the start.
   * @throws OutpostError LOGGER_ABSENT, LOGGER_FAILED
   */
  async begin(): Promise<void> {
    this.#wantsStatus ??= await this.#introduce();
  }

  /** Hands the lines over in order. A logger that came back since the last time is introduced to again. */
  async deliver(entries: readonly Entry[]): Promise<void> {
    await this.begin();
    try {
      for (const run of runsOf(entries)) await this.#run(run);
    } catch (error) {
      this.#wantsStatus = undefined;
      throw error;
    }
  }

  /** Hands over lines of one kind. A logger of this process takes many at a time; the wire has one line in a request. */
  async #run({ kind, texts }: Run): Promise<void> {
    if (kind === 'status') return this.#status(texts);
    if (kind === 'result' && this.#own && texts.length > 1)
      return this.#request(encodeLoggerRequest({ kind: 'batch', lines: texts }));
    for (const line of texts)
      await this.#request(encodeLoggerRequest({ kind: kind === 'snapshot' ? 'snapshot' : 'string', line }));
  }

  /** Whether it runs in this process. */
  get #own(): boolean {
    return this.#registry.ownerOf('logger', this.name) === 0;
  }

  async #introduce(): Promise<boolean> {
    if (!this.#registry.has('logger', this.name)) throw new OutpostError('LOGGER_ABSENT', { name: this.name });
    const ready = await this.#call(encodeLoggerRequest({ kind: 'init', processName: this.#processName }));
    // Loggers of old SDKs refuse requests that they do not know, this one too; only our own can mean it.
    if (this.#own && ready.status.code !== 0)
      throw new OutpostError('LOGGER_FAILED', { name: this.name, reason: ready.status.message });
    const { status } = await this.#call(encodeLoggerRequest({ kind: 'features' }));
    this.#understands = this.#own || status.message === 'OK';
    return (status.code & loggerFeatures.logStatus) !== 0;
  }

  /**
   * Hands over status lines. What a logger of an old SDK says to them does not count, as in osquery: it refused to tell its features, which
   * reads as a wish for status lines, and refuses those too. One that told its features means it.
   */
  async #status(texts: readonly string[]): Promise<void> {
    if (texts.length === 0 || this.#wantsStatus !== true) return;
    const request = { status: 'true', log: `[${texts.join(',')}]` };
    if (this.#understands) await this.#request(request);
    else await this.#call(request);
  }

  async #request(request: PluginRequest): Promise<void> {
    const { status } = await this.#call(request);
    if (status.code !== 0) throw new OutpostError('LOGGER_FAILED', { name: this.name, reason: status.message });
  }

  #call(request: PluginRequest) {
    return this.#registry.call('logger', this.name, request, { timeoutMs: requestMs });
  }
}
