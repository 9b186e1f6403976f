import type { KeyRule } from './keys.ts';
import { type LogType, withLogType } from './line.ts';
import { noticeOf } from './oversize.ts';
import type { StreamRecord } from './stream.ts';

/** How lines become records. */
export interface PackOptions {
  readonly keys: KeyRule;
  /** How many lines a record has at the most. */
  readonly linesPerRecord: number;
  /** What each line ends with. */
  readonly terminator: '' | '\n';
  /** How many bytes of data and key a record may have. */
  readonly recordBytes: number;
  /** Is told of a line that is too large. */
  readonly oversize: (line: string, bytes: number) => void;
}

class Draft {
  readonly key: string;
  readonly keyBytes: number;
  bytes: number;
  text = '';
  lines = 0;

  constructor(key: string) {
    this.key = key;
    this.keyBytes = Buffer.byteLength(key);
    this.bytes = this.keyBytes;
  }

  add(text: string, bytes: number): void {
    this.text += text;
    this.bytes += bytes;
    this.lines += 1;
  }
}

/** Makes records of lines, in their order. A line that is too large is replaced by a notice. */
export function pack(lines: readonly string[], type: LogType, options: PackOptions): readonly StreamRecord[] {
  const { keys, linesPerRecord, recordBytes } = options;
  const drafts: Draft[] = [];
  const open = new Map<string, Draft>();
  const start = (group: string): Draft => {
    const draft = new Draft(keys.keyOf(group));
    open.set(group, draft);
    drafts.push(draft);
    return draft;
  };
  for (const line of lines) {
    const group = keys.groupOf(line);
    const draft = open.get(group) ?? start(group);
    const text = textOf(line, type, draft.keyBytes, options);
    const bytes = Buffer.byteLength(text);
    const full = draft.lines >= linesPerRecord || (draft.lines > 0 && draft.bytes + bytes > recordBytes);
    (full ? start(group) : draft).add(text, bytes);
  }
  return drafts.map(({ key, text, bytes, lines: count }) => ({
    key,
    data: Buffer.from(text),
    bytes,
    lines: count,
    ordered: keys.ordered,
  }));
}

function textOf(line: string, type: LogType, keyBytes: number, options: PackOptions): string {
  const { terminator, recordBytes, oversize } = options;
  const text = withLogType(line, type) + terminator;
  const bytes = Buffer.byteLength(text) + keyBytes;
  if (bytes <= recordBytes) return text;
  oversize(line, bytes);
  return withLogType(noticeOf(line, bytes, recordBytes), type) + terminator;
}
