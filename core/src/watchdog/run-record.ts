import type { Lane } from '../engine/lane.ts';

/** A query that runs, or ran when its process died. */
export interface RunningQuery {
  readonly lane: Lane;
  /** What it is called: in the schedule, or by the server that asked. */
  readonly name: string;
  /** The beginning of its text. */
  readonly sql: string;
  /** When it began, milliseconds since the epoch. */
  readonly sinceMs: number;
  /** The table that it asked last; '' before any. */
  readonly table: string;
  /** Whether that table was at work on an answer. */
  readonly atWork: boolean;
}

/** How many queries can be recorded at once. */
const slotCount = 32;
const slotBytes = 1024;
/** The size of a record, bytes. */
export const recordBytes = slotCount * slotBytes;

/** Fields of a slot: a flag, a flag, the lane's number, two bytes to spare and a time; then texts, each two bytes of length and its UTF-8. */
const at = { runs: 0, atWork: 1, lane: 2, since: 8, name: 16, table: 192, sql: 320 } as const;
const laneNames: readonly Lane[] = ['scheduled', 'live', 'shell', 'extension'];

const putText = (slot: Buffer, field: number, text: string, limit: number): void =>
  void slot.writeUInt16LE(slot.write(text, field + 2, limit - field - 2, 'utf8'), field);

const textAt = (slot: Buffer, field: number, limit: number): string =>
  slot.toString('utf8', field + 2, field + 2 + Math.min(slot.readUInt16LE(field), limit - field - 2));

/** As much of a text as a record holds. */
export const recordedText = (sql: string): string => {
  const slot = Buffer.alloc(slotBytes);
  putText(slot, at.sql, sql, slotBytes);
  return textAt(slot, at.sql, slotBytes);
};

/**
 * Which queries run, in memory that outlives the process: a file that watcher and worker share. The worker writes there what is about to
 * run; when it has died, however suddenly, the watcher reads what that was.
 */
export class RunRecord {
  readonly #slots: readonly Buffer[];
  readonly #taken = new Set<number>();

  /** @param memory of {@link recordBytes} */
  constructor(memory: ArrayBuffer) {
    this.#slots = Array.from({ length: slotCount }, (_, slot) => Buffer.from(memory, slot * slotBytes, slotBytes));
  }

  /** Takes a slot for a thread; undefined when there is none left, and its queries go unrecorded. */
  take(): number | undefined {
    const free = this.#slots.findIndex((_, slot) => !this.#taken.has(slot));
    if (free < 0) return undefined;
    this.#taken.add(free);
    return free;
  }

  /** Gives a slot back. */
  free(slot: number): void {
    this.end(slot);
    this.#taken.delete(slot);
  }

  /** Records that a query begins. */
  begin(slot: number, { lane, name, sql }: Pick<RunningQuery, 'lane' | 'name' | 'sql'>): void {
    const memory = this.#at(slot);
    memory.fill(0, 0, at.name);
    memory.writeUInt8(laneNames.indexOf(lane), at.lane);
    memory.writeDoubleLE(Date.now(), at.since);
    putText(memory, at.name, name, at.table);
    putText(memory, at.table, '', at.sql);
    putText(memory, at.sql, sql, slotBytes);
    memory.writeUInt8(1, at.runs);
  }

  /** Records that it has ended. */
  end(slot: number): void {
    this.#at(slot).writeUInt8(0, at.runs);
  }

  /** What records the table that a slot's query asks: the thread's part. @returns a function to call with each question, and with its end */
  tables(slot: number): (table: string | undefined) => void {
    const memory = this.#at(slot);
    let last = '';
    return table => {
      memory[at.atWork] = table === undefined ? 0 : 1;
      if (table === undefined || (table === last && memory[at.table] !== 0)) return;
      putText(memory, at.table, table, at.sql);
      last = table;
    };
  }

  /** The queries that run. */
  read(): RunningQuery[] {
    return this.#slots.flatMap(slot => {
      const lane = laneNames[slot.readUInt8(at.lane)];
      if (slot.readUInt8(at.runs) === 0 || lane === undefined) return [];
      return {
        lane,
        name: textAt(slot, at.name, at.table),
        sql: textAt(slot, at.sql, slotBytes),
        sinceMs: slot.readDoubleLE(at.since),
        table: textAt(slot, at.table, at.sql),
        atWork: slot.readUInt8(at.atWork) === 1,
      };
    });
  }

  #at(slot: number): Buffer {
    const memory = this.#slots[slot];
    if (memory === undefined) throw new RangeError(`There is no slot ${slot}.`);
    return memory;
  }
}
