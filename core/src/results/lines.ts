import { OutpostError } from '@outpost/protocol';
import { byteOrder } from '../byte-order.ts';
import { calendarTime } from './calendar-time.ts';
import type { DiffResult } from './diff.ts';
import { jsonText } from './escape.ts';
import { Members } from './members.ts';
import { RowPrinter } from './row-printer.ts';

/** What all lines of one run say. */
export interface LineHeader {
  /** The scheduled name of the query. */
  readonly name: string;
  readonly hostIdentifier: string;
  /** When the query ran, seconds since the epoch. */
  readonly unixTime: number;
  readonly epoch: number;
  readonly counter: number;
  readonly decorations: Readonly<Record<string, string>>;
}

/** How lines look; the flags are named. */
export interface LineFormat {
  /** `--logger_event_type`: a line for each row instead of one for each run. */
  readonly eventType: boolean;
  /** `--logger_snapshot_event_type`: the same for snapshots. */
  readonly snapshotEventType: boolean;
  /** `--logger_numerics`: numbers as numbers. */
  readonly numerics: boolean;
  /** `--decorations_top_level`: decorations as members of the line itself. */
  readonly decorationsTopLevel: boolean;
  /** `--nullvalue`: what NULL is shown as. */
  readonly nullText: string;
}

/** The rows of a differential result, as a {@link DiffResult} has them. */
export type Difference = Pick<DiffResult, 'added' | 'removed' | 'columns' | 'removedColumns'>;

const sortedKeys = (record: Readonly<Record<string, string>>): string[] => Object.keys(record).sort(byteOrder);

/** Adds decorations as the flag wants them. */
export function decorate(members: Members, decorations: Readonly<Record<string, string>>, topLevel: boolean): void {
  const keys = sortedKeys(decorations);
  if (keys.length === 0) return;
  if (topLevel) {
    for (const key of keys) members.setText(key, decorations[key] ?? '');
    return;
  }
  const inner = new Members();
  for (const key of keys) inner.setText(key, decorations[key] ?? '');
  members.set('decorations', inner.toString());
}

function addHeader(members: Members, header: LineHeader, format: LineFormat): void {
  members
    .setText('name', header.name)
    .setText('hostIdentifier', header.hostIdentifier)
    .setText('calendarTime', calendarTime(header.unixTime))
    .set('unixTime', String(header.unixTime))
    .set('epoch', String(header.epoch))
    .set('counter', String(header.counter))
    .set('numerics', String(format.numerics));
  decorate(members, header.decorations, format.decorationsTopLevel);
}

/** What stands around the columns in the lines of one action. */
function eventFrame(header: LineHeader, format: LineFormat, action: string): readonly [string, string] {
  const members = new Members();
  addHeader(members, header, format);
  return members.set('columns', '').set('action', jsonText(action)).around('columns');
}

/** How many rows are written before other work of the thread gets its turn. */
const rowsAtOnce = 1000;
/** The most characters of a line. */
const lineLimit = 64 * 1024 * 1024;

/** Says after each row whether to wait, so that other work of the thread gets its turn. */
const pacer = (): (() => Promise<unknown> | undefined) => {
  let rows = 0;
  return () => {
    rows += 1;
    return rows % rowsAtOnce === 0 ? new Promise(resolve => setImmediate(resolve)) : undefined;
  };
};

/** Rows as one text, for a line that has all of them. */
async function joined(query: string, rows: Iterable<string>): Promise<string> {
  const parts: string[] = [];
  const pause = pacer();
  let length = 0;
  for (const row of rows) {
    parts.push(row);
    length += row.length + 1;
    if (length > lineLimit) throw new OutpostError('RESULT_LINE_TOO_LONG', { query, limit: lineLimit });
    const turn = pause();
    if (turn !== undefined) await turn;
  }
  return parts.join(',');
}

/**
 * The lines of a differential run: in event format those of removed rows, then those of added ones; in batch format one line, rows or
 * no rows.
 * @throws OutpostError RESULT_LINE_TOO_LONG
 */
export async function* differentialLines(
  header: LineHeader,
  format: LineFormat,
  diff: Difference,
): AsyncGenerator<string> {
  const options = { numerics: format.numerics, nullText: format.nullText, escapeControls: true };
  const removed = new RowPrinter(diff.removedColumns, options).rows(diff.removed);
  const added = new RowPrinter(diff.columns, options).rows(diff.added);
  if (!format.eventType) {
    const [gone, come] = [await joined(header.name, removed), await joined(header.name, added)];
    const members = new Members().set('diffResults', `{"removed":[${gone}],"added":[${come}]}`);
    addHeader(members, header, format);
    yield members.toString();
    return;
  }
  yield* framed(removed, eventFrame(header, format, 'removed'));
  yield* framed(added, eventFrame(header, format, 'added'));
}

async function* framed(rows: Iterable<string>, [before, after]: readonly [string, string]): AsyncGenerator<string> {
  const pause = pacer();
  for (const row of rows) {
    yield before + row + after;
    const turn = pause();
    if (turn !== undefined) await turn;
  }
}

/**
 * The lines of a snapshot run. Bytes that are no UTF-8 are written as `\xHH`, so that every line is JSON: osquery writes them raw.
 * @param printer prints the rows, and knows the size of the result afterwards; see {@link snapshotPrinter}
 * @throws OutpostError RESULT_LINE_TOO_LONG
 */
export async function* snapshotLines(
  header: LineHeader,
  format: LineFormat,
  printer: RowPrinter,
  blocks: readonly Uint8Array[],
): AsyncGenerator<string> {
  const rows = rowsOf(printer, blocks);
  if (format.snapshotEventType) {
    yield* framed(rows, eventFrame(header, format, 'snapshot'));
    return;
  }
  const members = new Members().set('snapshot', `[${await joined(header.name, rows)}]`).setText('action', 'snapshot');
  addHeader(members, header, format);
  yield members.toString();
}

function* rowsOf(printer: RowPrinter, blocks: readonly Uint8Array[]): Generator<string> {
  for (const block of blocks) yield* printer.rows(block);
}

/** The printer of a snapshot's rows. */
export const snapshotPrinter = (columns: readonly string[], format: LineFormat): RowPrinter =>
  new RowPrinter(columns, { numerics: format.numerics, nullText: format.nullText, escapeControls: false });

/** A line with its sequence number as the last member. */
export const withSequence = (line: string, sequence: number): string => `${line.slice(0, -1)},"sequence":${sequence}}`;
