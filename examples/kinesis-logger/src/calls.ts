import { Fifo } from './fifo.ts';
import type { Meter } from './meter.ts';
import type { Shipment } from './shipment.ts';
import type { StreamRecord } from './stream.ts';
import { Trouble } from './trouble.ts';

/** The calls of the agent that are not answered yet, and how much memory they may take. */
export class Calls {
  readonly #meter: Meter;
  readonly #bufferBytes: number;
  readonly #open = new Set<Shipment>();
  readonly #waiting = new Fifo<Shipment>();
  #sendingBytes = 0;
  #full = false;

  /** @param bufferBytes how many bytes are being sent at the most, and as many more wait for their turn; one call may always have more */
  constructor(meter: Meter, bufferBytes: number) {
    this.#meter = meter;
    this.#bufferBytes = bufferBytes;
  }

  /** The oldest call. */
  get oldest(): Shipment | undefined {
    const [oldest] = this.#open;
    return oldest;
  }

  /**
   * Takes a call up.
   * @throws Trouble when there is no room for it, and then until there is nothing left in memory, so that no later line comes before a refused one
   */
  enter(shipment: Shipment): void {
    const { waitingBytes } = this.#meter;
    this.#full = waitingBytes > 0 && (this.#full || waitingBytes + shipment.bytes > 2 * this.#bufferBytes);
    if (this.#full) {
      this.#meter.failedCalls += 1;
      throw new Trouble('BUFFER_FULL', fullWords(waitingBytes));
    }
    this.#meter.waits(shipment.records.length, shipment.bytes);
    this.#open.add(shipment);
    this.#waiting.push(shipment);
  }

  /** Forgets a call that is answered. */
  leave(shipment: Shipment): void {
    this.#open.delete(shipment);
  }

  /** The next call whose records may be sent, if there is room. */
  next(): Shipment | undefined {
    const next = this.#waiting.first;
    if (next === undefined) return undefined;
    if (this.#sendingBytes > 0 && this.#sendingBytes + next.bytes > this.#bufferBytes) return undefined;
    this.#sendingBytes += next.bytes;
    return this.#waiting.shift();
  }

  /** Counts records that are in memory no more. */
  release(records: readonly StreamRecord[]): void {
    const bytes = records.reduce((sum, record) => sum + record.bytes, 0);
    this.#sendingBytes -= bytes;
    this.#meter.waits(-records.length, -bytes);
  }

  /** Fails a call and all those after it, since their lines must not come before its own. */
  fail(shipment: Shipment, reason: Error): void {
    const open = [...this.#open];
    for (const each of open.slice(open.indexOf(shipment)).filter(({ over }) => !over)) {
      this.#meter.failedCalls += 1;
      each.giveUp(reason);
    }
    for (const { records, bytes } of this.#waiting.keep(({ givenUp }) => !givenUp))
      this.#meter.waits(-records.length, -bytes);
  }
}

const fullWords = (bytes: number) => ({
  message: `There is no room for more lines: ${bytes} bytes wait to be taken.`,
  remedy: 'The lines come again; raise --aws_logger_buffer_mib if this happens while the stream works.',
});
