import type { Readable } from 'node:stream';
import { monotonicMs } from '../monotonic.ts';

/** The longest line that is passed on, in characters; the rest of a longer one is left out. */
const lineLimit = 4096;
/** Lines that may be passed on in one second. */
const linesPerSecond = 200;

/** Passes on lines, not too many a second; says how many it left out. */
export class LineLimiter {
  readonly #onLine: (line: string) => void;
  readonly #now: () => number;
  #second = 0;
  #passed = 0;
  #dropped = 0;

  constructor(onLine: (line: string) => void, now: () => number = monotonicMs) {
    this.#onLine = onLine;
    this.#now = now;
  }

  /** Takes a line. */
  push(line: string): void {
    const second = Math.floor(this.#now() / 1000);
    if (second !== this.#second) {
      this.flush();
      this.#second = second;
      this.#passed = 0;
    }
    if (this.#passed >= linesPerSecond) this.#dropped += 1;
    else {
      this.#passed += 1;
      this.#onLine(line);
    }
  }

  /** Reports the lines that were left out. */
  flush(): void {
    if (this.#dropped === 0) return;
    this.#onLine(`(${this.#dropped} lines were left out: more than ${linesPerSecond} came in a second)`);
    this.#dropped = 0;
  }
}

/** Cuts text into lines of bounded length. */
export class LineCutter {
  readonly #onLine: (line: string) => void;
  #rest = '';
  #omitted = 0;

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  /** Takes the next text. */
  push(text: string): void {
    const pieces = text.split('\n');
    const last = pieces.pop() ?? '';
    for (const piece of pieces) {
      this.#append(piece);
      this.end();
    }
    this.#append(last);
  }

  /** Passes on the line that was begun, if it is not empty. */
  end(): void {
    const line = this.#rest.trimEnd();
    if (line !== '') this.#onLine(this.#omitted === 0 ? line : `${line}… (${this.#omitted} characters more)`);
    this.#rest = '';
    this.#omitted = 0;
  }

  #append(piece: string): void {
    const room = lineLimit - this.#rest.length;
    this.#rest += piece.slice(0, room);
    this.#omitted += Math.max(0, piece.length - room);
  }
}

/** Reads a stream line by line, within bounds. */
export function readLines(stream: Readable, onLine: (line: string) => void): void {
  const limiter = new LineLimiter(onLine);
  const cutter = new LineCutter(line => limiter.push(line));
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => cutter.push(text));
  stream.on('error', () => stream.destroy()); // what ended is reported by the exit of the process
  stream.on('close', () => {
    cutter.end();
    limiter.flush();
  });
}
