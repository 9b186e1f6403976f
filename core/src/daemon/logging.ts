import { OutpostError } from '@outpost/protocol';
import type { Core } from '../agent/core.ts';
import { LoggerSink } from '../agent/sinks.ts';
import type { Registry } from '../extensions/registry.ts';
import { Outbox } from '../results/outbox/outbox.ts';
import { statusEntryText } from '../results/status-text.ts';
import { type StatusLog, severity } from '../status.ts';
import type { Store } from '../storage/store.ts';
import { StatusDelivery } from './status-delivery.ts';

/** How long the end of the process waits for loggers, milliseconds. */
const drainMs = 800;

/** A logger of this process that cannot work is a mistake in the flags; that of an extension may come back. */
const beginOwn = async (sink: LoggerSink, registry: Registry): Promise<void> => {
  if (registry.ownerOf('logger', sink.name) !== 0) return;
  try {
    await sink.begin();
  } catch (error) {
    throw new OutpostError(
      'PLUGIN_NOT_ACTIVATED',
      { registry: 'logger', name: sink.name, reason: (error as Error).message },
      { cause: error },
    );
  }
};

/** The way of lines from the agent to its loggers. */
export class Logging {
  readonly outbox: Outbox;
  readonly #status: StatusLog;
  readonly #statuses: StatusDelivery;

  private constructor(outbox: Outbox, status: StatusLog, statuses: StatusDelivery) {
    this.outbox = outbox;
    this.#status = status;
    this.#statuses = statuses;
  }

  /** Takes up lines that wait in the store, begins to deliver to loggers, and takes in the status log. */
  static async open(
    core: Core,
    store: Store,
    loggers: readonly string[],
    hostIdentifier: () => string,
  ): Promise<Logging> {
    const { flags, status, registry } = core;
    const outbox = await Outbox.open(store, {
      loggers,
      budgetBytes: flags.get('logger_budget'),
      sequence: flags.get('logger_sequence'),
      report: (level, message) => status[level]('logger', message),
      statusText: message =>
        statusEntryText({ severity: severity.warning, source: 'logger', message, time: Date.now() }, hostIdentifier()),
    });
    const sinks = loggers.map(name => new LoggerSink(registry, name, flags.program.name));
    for (const sink of sinks) await beginOwn(sink, registry);
    const statuses = new StatusDelivery(status, outbox, hostIdentifier, () => flags.get('logger_status_sync'));
    for (const sink of sinks) await outbox.attach(sink);
    status.shownElsewhere = loggers.includes('stdout');
    return new Logging(outbox, status, statuses);
  }

  /** Delivers what can be delivered in a short time; the rest waits in the store. */
  async close(): Promise<void> {
    this.#status.shownElsewhere = false;
    await this.#statuses.close();
    await this.outbox.drain(drainMs);
    await this.outbox.close();
  }
}
