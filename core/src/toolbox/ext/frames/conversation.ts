import { isDeepStrictEqual } from 'node:util';
import type { FrameJson } from '@outpost/protocol';
import type { RecordedFrame } from './recording.ts';

/** A call of a recording, and what answered it. */
export interface RecordedCall {
  readonly call: RecordedFrame;
  /** Undefined for a notice, and where the conversation ended first. */
  readonly answer: RecordedFrame | undefined;
}

const answers = (call: RecordedFrame, frame: RecordedFrame): boolean =>
  frame.conn === call.conn &&
  frame.direction !== call.direction &&
  frame.seqid === call.seqid &&
  (frame.kind === 'exception' || (frame.kind === 'reply' && frame.method === call.method));

/** The calls of a recording in one direction, in their order. */
export const callsOf = (
  frames: readonly RecordedFrame[],
  direction: RecordedFrame['direction'],
): readonly RecordedCall[] => {
  const taken = new Set<number>();
  return frames.flatMap((call, index) => {
    if (call.direction !== direction || (call.kind !== 'call' && call.kind !== 'oneway')) return [];
    const at =
      call.kind === 'oneway'
        ? -1
        : frames.findIndex((frame, later) => later > index && !taken.has(later) && answers(call, frame));
    if (at >= 0) taken.add(at);
    return [{ call, answer: frames[at] }];
  });
};

type Fields = Readonly<Record<string, FrameJson>>;

const isFields = (value: FrameJson): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Fields that differ from run to run: who answers, which registration it is, the number of a cursor. */
const volatile = new Set(['3:uuid:i64', '1:uuid:i64', '2:generation:i64', '2:cursor:i64']);

/** What is compared of a part of a message. @param ignored names of columns that do not count */
export const comparable = (value: FrameJson, ignored: ReadonlySet<string>): FrameJson => {
  if (Array.isArray(value)) {
    const entries = value.map(entry => comparable(entry, ignored));
    return entries.every(entry => typeof entry === 'object') ? entries.sort(byText) : entries;
  }
  if (!isFields(value)) return value;
  const wentWell = value['1:code:i32'] === 0;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !volatile.has(key) && !ignored.has(key) && !(wentWell && key === '2:message:string'))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, entry]) => [key, comparable(entry, ignored)]),
  );
};

/** Rows come in no order of their own; what is in a row does. */
const byText = (a: FrameJson, b: FrameJson): number => {
  const [left = '', right = ''] = [JSON.stringify(a), JSON.stringify(b)];
  return left < right ? -1 : left > right ? 1 : 0;
};

const shown = (value: FrameJson): string => (value === undefined ? 'nothing' : JSON.stringify(value));

/** Entries of one list that the other lacks, each as often as it lacks it. */
const missing = (from: readonly FrameJson[], other: readonly FrameJson[]): readonly FrameJson[] => {
  const left = other.map(shown);
  return from.filter(entry => {
    const at = left.indexOf(shown(entry));
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
};

const name = (key: string): string => key.split(':')[1] || key;

/**
 * How two comparable parts of messages differ, a line each.
 * @param path the names of the fields on the way there
 */
export const differences = (recorded: FrameJson, found: FrameJson, path = ''): readonly string[] => {
  if (isDeepStrictEqual(recorded, found)) return [];
  if (Array.isArray(recorded) && Array.isArray(found))
    return [
      ...missing(recorded, found).map(entry => `${path} lacks ${shown(entry)}`),
      ...missing(found, recorded).map(entry => `${path} has ${shown(entry)} too much`),
    ];
  if (isFields(recorded) && isFields(found))
    return [...new Set([...Object.keys(recorded), ...Object.keys(found)])].flatMap(key =>
      differences(recorded[key], found[key], path === '' ? name(key) : `${path}.${name(key)}`),
    );
  return [`${path || 'it'} is ${shown(found)}, and was ${shown(recorded)}`];
};

/**
 * The rows of a page of version 2 with the names of their columns, as version 1 has them.
 * @param columns those that the scan wants, in their order
 */
export const namedRows = (page: FrameJson, columns: readonly string[]): FrameJson => {
  if (!isFields(page)) return page;
  return Object.fromEntries(
    Object.entries(page).map(([key, value]) => {
      const rows = key === '4:rows:string' && isFields(value) ? value.rows : undefined;
      if (!Array.isArray(rows)) return [key, namedRows(value, columns)];
      const named = rows.map(row =>
        Object.fromEntries((row as FrameJson[]).map((cell, at) => [columns[at] ?? at, cell])),
      );
      return [key, named];
    }),
  );
};
