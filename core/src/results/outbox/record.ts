import { ordered } from '../../storage/keys.ts';
import { packValue, unpackValue } from '../../storage/values.ts';

/** What a line is: loggers treat the kinds differently. */
export type EntryKind = 'result' | 'snapshot' | 'status';

/** A line on its way to the loggers. */
export interface Entry {
  /** Counts result and snapshot lines together, and status lines by themselves, from 1 and without gaps. A line keeps its number for ever. */
  readonly sequence: number;
  readonly kind: EntryKind;
  readonly text: string;
}

/** Lines of one kind that are stored together. */
export interface Record {
  /** The place of the first line among all lines of all kinds. */
  readonly position: number;
  readonly count: number;
  /** How much it counts towards the budget. */
  readonly bytes: number;
}

/** How many bytes of lines go into one record, unless a single line has more. */
const recordBytes = 256 * 1024;

/** The key of a record: it tells all that the budget needs, so that keys can be counted without their values. */
export const recordKey = ({ position, count, bytes }: Record): string =>
  `${ordered(position)}.${ordered(count)}.${ordered(bytes)}`;

/** Reads a key of {@link recordKey}. */
export function parseRecordKey(key: string): Record {
  const [position, count, bytes] = key.split('.').map(Number);
  return { position: position ?? 0, count: count ?? 0, bytes: bytes ?? 0 };
}

/** The least key of a record at or after a position. */
export const positionKey = (position: number): string => ordered(position);

/** The lines of a record as bytes. */
export const packLines = (kind: EntryKind, sequence: number, lines: readonly string[]): Uint8Array =>
  packValue([kind, sequence, ...lines]);

/** The lines of a record. */
export function unpackLines(bytes: Uint8Array): Entry[] {
  const value = unpackValue(bytes);
  if (!Array.isArray(value)) return [];
  const [kind, first, ...lines] = value as [EntryKind, number, ...string[]];
  return lines.map((text, index) => ({ sequence: first + index, kind, text }));
}

/** Lines of one kind that follow each other. */
export interface Run {
  readonly kind: EntryKind;
  readonly texts: readonly string[];
  readonly bytes: number;
}

/** Splits lines into runs of one kind and of a bounded size. */
export function* runsOf(lines: readonly { readonly kind: EntryKind; readonly text: string }[]): Generator<Run> {
  let texts: string[] = [];
  let bytes = 0;
  let kind: EntryKind = 'result';
  for (const line of lines) {
    const size = Buffer.byteLength(line.text);
    if (texts.length > 0 && (line.kind !== kind || bytes + size > recordBytes)) {
      yield { kind, texts, bytes };
      texts = [];
      bytes = 0;
    }
    kind = line.kind;
    texts.push(line.text);
    bytes += size;
  }
  if (texts.length > 0) yield { kind, texts, bytes };
}
