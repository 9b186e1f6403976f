import { type BackoffLimits, backoffMs } from './backoff.ts';
import { Calls } from './calls.ts';
import { Health } from './health.ts';
import type { Herald } from './herald.ts';
import { type Lane, Lanes } from './lanes.ts';
import { type Meter, unixTime } from './meter.ts';
import { Shipment } from './shipment.ts';
import type { RecordFailure, Stream, StreamRecord } from './stream.ts';
import { Trouble } from './trouble.ts';

/** What a shipper needs. */
export interface ShipperOptions {
  readonly stream: Stream;
  /** Turns what the client of the service throws, or says of one record, into words. */
  readonly explain: (error: unknown) => Trouble;
  readonly meter: Meter;
  readonly herald: Herald;
  /** How many bytes of records are being sent at the most, and as many more wait for their turn. One call may always have more. */
  readonly bufferBytes: number;
  /** How many requests are under way at once at the most. */
  readonly requests: number;
  /** How long one call may take, milliseconds. */
  readonly callMs: number;
  readonly backoff: BackoffLimits;
  readonly random?: () => number;
}

/** Brings records to a stream: in full requests, again and again while there is hope, in order where they have one. */
export class Shipper {
  readonly #options: ShipperOptions;
  readonly #calls: Calls;
  readonly #health: Health;
  readonly #lanes = new Lanes();
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #aborted = new AbortController();
  readonly #underWay = new Set<Promise<void>>();
  #paused = false;
  #closing = false;

  constructor(options: ShipperOptions) {
    this.#options = options;
    this.#calls = new Calls(options.meter, options.bufferBytes);
    this.#health = new Health(options.meter, options.herald);
  }

  /**
   * Sends records. When one call fails those after it fail with it, so that lines which come again keep their order.
   * @throws Trouble when not all records were taken; some may have been
   */
  async ship(records: readonly StreamRecord[]): Promise<void> {
    if (records.length === 0) return;
    if (this.#closing) throw ending();
    const shipment = new Shipment(records);
    this.#calls.enter(shipment);
    const late = this.#later(this.#options.callMs, () => this.#giveUp(shipment, this.#lateness(shipment)));
    this.#pump();
    try {
      await shipment.done;
    } finally {
      this.#calls.leave(shipment);
      this.#timers.delete(late);
      clearTimeout(late);
    }
  }

  /** Takes no more records, waits for the requests that are under way, and fails what is left. */
  async close(graceMs: number): Promise<void> {
    this.#closing = true;
    const late = setTimeout(() => this.#aborted.abort(), graceMs);
    await Promise.all(this.#underWay);
    this.#giveUp(this.#calls.oldest, ending());
    for (const timer of [...this.#timers, late]) clearTimeout(timer);
    this.#options.stream.close();
  }

  /** Lets waiting calls in, as far as there is room, and sends what can be sent. */
  #pump(): void {
    const { requests, stream } = this.#options;
    for (let next = this.#calls.next(); next !== undefined; next = this.#calls.next())
      for (const record of next.records) this.#lanes.add({ record, shipment: next });
    while (!this.#paused && !this.#closing && this.#underWay.size < requests) {
      const lanes = this.#lanes.take(stream.limits);
      if (lanes.length === 0) return;
      const sending = this.#send(lanes).finally(() => {
        this.#underWay.delete(sending);
        this.#pump();
      });
      this.#underWay.add(sending);
    }
  }

  async #send(lanes: readonly Lane[]): Promise<void> {
    const { stream, meter, explain } = this.#options;
    meter.requests += 1;
    const records = lanes.flatMap(({ parcels }) => parcels.first?.record ?? []);
    let failures: readonly (RecordFailure | undefined)[];
    try {
      failures = await stream.put(records, this.#aborted.signal);
    } catch (error) {
      return this.#failed(lanes, explain(error));
    }
    this.#answered(lanes, failures);
  }

  #answered(lanes: readonly Lane[], failures: readonly (RecordFailure | undefined)[]): void {
    const refused = lanes.filter((_lane, index) => failures[index] !== undefined);
    const done = lanes.filter((_lane, index) => failures[index] === undefined);
    for (const lane of done) this.#taken(lane);
    this.#lanes.back(done);
    const failure = failures.find(each => each !== undefined);
    if (failure === undefined) this.#health.recovered();
    else this.#rest(refused, this.#options.explain(failure));
  }

  #taken(lane: Lane): void {
    const { meter } = this.#options;
    lane.failures = 0;
    const parcel = lane.parcels.shift();
    if (parcel === undefined) return;
    const { record, shipment } = parcel;
    meter.lines += record.lines;
    meter.records += 1;
    meter.bytes += record.bytes;
    meter.lastTaken = unixTime();
    this.#calls.release([record]);
    shipment.took(record);
  }

  /** Some records of a request were refused: their lanes wait, the others go on. */
  #rest(lanes: readonly Lane[], trouble: Trouble): void {
    this.#health.recordsFailed(trouble, lanes.length);
    for (const lane of lanes) {
      lane.failures += 1;
      lane.state = 'resting';
      this.#dropDead(lane);
    }
    this.#afterPause(Math.max(...lanes.map(({ failures }) => failures)), () => this.#lanes.back(lanes));
  }

  /** A whole request failed: nothing is sent for a while; and what can only fail again is given up. */
  #failed(lanes: readonly Lane[], trouble: Trouble): void {
    for (const lane of lanes) this.#dropDead(lane);
    this.#lanes.back(lanes);
    const failures = this.#health.requestFailed(trouble, lanes.length);
    if (!trouble.passing) this.#giveUp(this.#calls.oldest, trouble);
    if (this.#paused) return;
    this.#paused = true;
    this.#afterPause(failures, () => {
      this.#paused = false;
    });
  }

  /** Removes the first record of a lane when its call was given up while it was under way. */
  #dropDead({ parcels }: Lane): void {
    const { first } = parcels;
    if (first === undefined || !first.shipment.givenUp) return;
    parcels.shift();
    this.#calls.release([first.record]);
  }

  #giveUp(shipment: Shipment | undefined, reason: Trouble): void {
    if (shipment === undefined) return;
    this.#calls.fail(shipment, reason);
    this.#calls.release(this.#lanes.clear());
    this.#pump();
  }

  #lateness({ lines, linesLeft }: Shipment): Trouble {
    const { trouble } = this.#health;
    const message = `${linesLeft} of ${lines} lines were not taken within ${this.#options.callMs / 1000} s.`;
    const remedy = trouble?.message ?? 'The service answers slowly: look at its health, and at the network.';
    return new Trouble(trouble?.code ?? 'LATE', { message, remedy });
  }

  #afterPause(failures: number, work: () => void): void {
    const { backoff, random = Math.random } = this.#options;
    this.#later(backoffMs(failures, backoff, random), () => {
      work();
      this.#pump();
    });
  }

  #later(waitMs: number, work: () => void): NodeJS.Timeout {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      work();
    }, waitMs);
    this.#timers.add(timer);
    return timer;
  }
}

const ending = (): Trouble =>
  new Trouble('ENDING', { message: 'The logger is ending.', remedy: 'The lines come again when it is back.' });
