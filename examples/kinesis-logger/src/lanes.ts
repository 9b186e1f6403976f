import { Fifo } from './fifo.ts';
import type { Shipment } from './shipment.ts';
import type { StreamLimits, StreamRecord } from './stream.ts';

/** A record that waits, and the call that it belongs to. */
export interface Parcel {
  readonly record: StreamRecord;
  readonly shipment: Shipment;
}

/** Records that must arrive one after the other; the first of them is under way alone. */
export class Lane {
  /** What its records have in common; undefined when it is for one record only. */
  readonly key: string | undefined;
  readonly parcels = new Fifo<Parcel>();
  /** How often the first record has failed in a row. */
  failures = 0;
  /** Whether it may take part in a request, its first record is under way, or it waits after a failure. */
  state: 'ready' | 'sent' | 'resting' = 'ready';

  constructor(key: string | undefined) {
    this.key = key;
  }
}

/**
 * The records that wait, by what has to be kept in order: those of one partition key are one lane, a record without an order is a lane of its
 * own. A request takes at most one record of each lane, since a service may take the second record of a request and refuse the first.
 */
export class Lanes {
  readonly #byKey = new Map<string, Lane>();
  readonly #all = new Set<Lane>();
  readonly #ready = new Fifo<Lane>();

  /** Puts a record at the end of its lane. */
  add(parcel: Parcel): void {
    const { record } = parcel;
    const known = record.ordered ? this.#byKey.get(record.key) : undefined;
    const lane = known ?? new Lane(record.ordered ? record.key : undefined);
    lane.parcels.push(parcel);
    if (known !== undefined) return;
    if (lane.key !== undefined) this.#byKey.set(lane.key, lane);
    this.#all.add(lane);
    this.#ready.push(lane);
  }

  /** Lanes whose first records go into the next request; they are busy until they are put {@link back}. */
  take(limits: StreamLimits): readonly Lane[] {
    const taken: Lane[] = [];
    let bytes = 0;
    while (taken.length < limits.records) {
      const lane = this.#ready.first;
      if (lane === undefined) break;
      const size = lane.parcels.first?.record.bytes ?? 0;
      if (taken.length > 0 && bytes + size > limits.bytes) break;
      this.#ready.shift();
      lane.state = 'sent';
      bytes += size;
      taken.push(lane);
    }
    return taken;
  }

  /** Lets lanes take part again; one that is empty is forgotten. */
  back(lanes: Iterable<Lane>): void {
    for (const lane of lanes) {
      lane.state = 'ready';
      if (lane.parcels.length > 0) this.#ready.push(lane);
      else this.#forget(lane);
    }
  }

  /** Takes out all records of shipments that were given up, but those that are under way. @returns them */
  clear(): readonly StreamRecord[] {
    const gone: StreamRecord[] = [];
    for (const lane of this.#all) {
      const under = lane.state === 'sent' ? lane.parcels.first : undefined;
      const dropped = lane.parcels.keep(parcel => parcel === under || !parcel.shipment.givenUp);
      gone.push(...dropped.map(({ record }) => record));
    }
    this.#ready.keep(lane => lane.parcels.length > 0);
    for (const lane of this.#all) if (lane.parcels.length === 0) this.#forget(lane);
    return gone;
  }

  #forget(lane: Lane): void {
    this.#all.delete(lane);
    if (lane.key !== undefined && this.#byKey.get(lane.key) === lane) this.#byKey.delete(lane.key);
  }
}
