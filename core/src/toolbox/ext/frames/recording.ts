import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { decodeFrame, encodeFrame, type Frame, type FrameJson, frameJson, OutpostError } from '@outpost/protocol';
import { reasonOf } from '../../../reason.ts';

/** Who a message goes to. */
export type Direction = 'manager→extension' | 'extension→manager';

/** One message of a conversation, as a line of a recording holds it. */
export interface RecordedFrame {
  /** Counts the messages of the recording. */
  readonly n: number;
  /** Milliseconds since the recording began. */
  readonly at: number;
  /** Counts the connections. */
  readonly conn: number;
  /** The uuid of the extension whose socket it is; 0 for the manager's. */
  readonly uuid: number;
  readonly direction: Direction;
  readonly method: string;
  readonly kind: Frame['kind'];
  readonly seqid: number;
  readonly strict: boolean;
  /** What it says, for people. */
  readonly decoded: FrameJson;
  /** The message as it travelled; that is what a replay sends. */
  readonly hex: string;
}

/** The first line of a recording. */
export interface RecordingHeader {
  readonly recording: 'outpost extension frames';
  readonly version: 1;
  /** When it began, ISO 8601. */
  readonly began: string;
  /** How the extension was started. */
  readonly command: readonly string[];
  /** The names whose values were taken out. */
  readonly redacted: readonly string[];
}

/** A recording that was read. */
export interface Recording {
  readonly header: RecordingHeader;
  readonly frames: readonly RecordedFrame[];
}

const marker = 'outpost extension frames';

/** Writes a recording, line by line. */
export class RecordingWriter {
  readonly #path: string;
  readonly #began = performance.now();
  #count = 0;

  /** Begins the file. @throws OutpostError RECORDING_UNWRITABLE */
  constructor(path: string, command: readonly string[], redacted: readonly string[]) {
    this.#path = path;
    const header: RecordingHeader = {
      recording: marker,
      version: 1,
      began: new Date().toISOString(),
      command,
      redacted,
    };
    this.#write(line => writeFileSync(path, line, { mode: 0o600 }), header);
  }

  /** How many messages it holds. */
  get count(): number {
    return this.#count;
  }

  /** Adds a message. @throws OutpostError RECORDING_UNWRITABLE */
  add(frame: Frame, place: Pick<RecordedFrame, 'conn' | 'uuid' | 'direction'>): void {
    const { method, kind, seqid, strict } = frame;
    const at = Math.round(performance.now() - this.#began);
    const described = { method, kind, seqid, strict, decoded: frameJson(frame) };
    const hex = encodeFrame(frame).toString('hex');
    this.#write(line => appendFileSync(this.#path, line), { n: this.#count, at, ...place, ...described, hex });
    this.#count += 1;
  }

  #write(append: (line: string) => void, record: object): void {
    try {
      append(`${JSON.stringify(record)}\n`);
    } catch (error) {
      throw new OutpostError('RECORDING_UNWRITABLE', { path: this.#path, reason: reasonOf(error) });
    }
  }
}

const parse = (line: string, number: number, path: string): unknown => {
  try {
    return JSON.parse(line);
  } catch (error) {
    throw new OutpostError('RECORDING_MALFORMED', { path, line: number, reason: reasonOf(error) });
  }
};

const isFrame = (value: unknown): value is RecordedFrame =>
  typeof value === 'object' &&
  value !== null &&
  'hex' in value &&
  typeof value.hex === 'string' &&
  'direction' in value;

/** Reads a recording. @throws OutpostError RECORDING_MALFORMED */
export const readRecording = (path: string): Recording => {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new OutpostError('RECORDING_MALFORMED', { path, line: 0, reason: reasonOf(error) });
  }
  const [header, ...frames] = text
    .split('\n')
    .filter(line => line !== '')
    .map((line, index) => parse(line, index + 1, path));
  const reason = 'it does not begin as a recording does';
  if (typeof header !== 'object' || (header as Partial<RecordingHeader>)?.recording !== marker)
    throw new OutpostError('RECORDING_MALFORMED', { path, line: 1, reason });
  const wrong = frames.findIndex(frame => !isFrame(frame));
  if (wrong >= 0) throw new OutpostError('RECORDING_MALFORMED', { path, line: wrong + 2, reason: 'it is no message' });
  return { header: header as RecordingHeader, frames: frames as RecordedFrame[] };
};

/** The message of a record. @throws OutpostError as decodeFrame does */
export const frameOf = ({ hex }: RecordedFrame): Frame => decodeFrame(Buffer.from(hex, 'hex'));
