import { type LogLine, logKinds, OutpostError, type PluginRequest } from '@outpost/protocol';
import { encodeLoggerRequest, loggerFeatures } from '@outpost/sdk';
import type { LineHandler, Registry } from '../extensions/registry.ts';
import type { Sink } from '../results/outbox/courier.ts';
import { type Entry, type Run, runsOf } from '../results/outbox/record.ts';

/** How many lines one call of version 2 has, and how many bytes more than one line (docs/protocol.md). */
const batchLines = 1000;
const batchBytes = 1024 * 1024;

/** The line of an entry as version 2 has it: a status line stands in an array of its own. */
const lineOf = ({ kind, text }: Entry): LogLine => ({
  kind: logKinds[kind],
  line: Buffer.from(kind === 'status' ? `[${text}]` : text),
});

/** Lines in as few batches as the limits allow. */
function* batchesOf(lines: readonly LogLine[]): Generator<LogLine[]> {
  let batch: LogLine[] = [];
  let bytes = 0;
  for (const line of lines) {
    if (batch.length === batchLines || (batch.length > 0 && bytes + line.line.length > batchBytes)) {
      yield batch;
      [batch, bytes] = [[], 0];
    }
    batch.push(line);
    bytes += line.line.length;
  }
  if (batch.length > 0) yield batch;
}

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

  /**
   * Hands the lines over in order. A logger that came back since the last time is introduced to again.
   * @param taken is told how many lines a logger of version 2 took, call by call
   */
  async deliver(entries: readonly Entry[], taken: (count: number) => void = () => undefined): Promise<void> {
    await this.begin();
    try {
      const handler = this.#registry.linesOf(this.name);
      if (handler !== undefined) await this.#batches(handler, entries, taken);
      else for (const run of runsOf(entries)) await this.#run(run);
    } catch (error) {
      this.#wantsStatus = undefined;
      throw error;
    }
  }

  /** Hands lines over in batches; what the logger did not take of one comes again with the next delivery. */
  async #batches(deliver: LineHandler, entries: readonly Entry[], taken: (count: number) => void): Promise<void> {
    const wanted = this.#wantsStatus === true ? entries : entries.filter(({ kind }) => kind !== 'status');
    for (const batch of batchesOf(wanted.map(lineOf))) {
      const { accepted, failure } = await deliver(batch, { timeoutMs: requestMs });
      const count = Math.max(0, Math.min(accepted, batch.length));
      if (wanted === entries) taken(count); // else a count of lines is none of entries, and those taken come again
      if (count === batch.length) continue;
      const reason = failure?.message ?? `it took ${count} of ${batch.length} lines`;
      throw new OutpostError('LOGGER_FAILED', { name: this.name, reason }, { cause: failure });
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
