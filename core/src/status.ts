import { writeStandardError } from './standard-error.ts';

/** The severities of status lines, in the numbers that logs carry (spec: glog's). Verbose lines are INFO lines that exist only with `--verbose`. */
export const severity = { info: 0, warning: 1, error: 2, fatal: 3 } as const;

/** A number of {@link severity}. */
export type Severity = (typeof severity)[keyof typeof severity];

/** One line of the status log. */
export interface StatusLine {
  readonly severity: Severity;
  /** The part of the agent that speaks, such as `scheduler`. */
  readonly source: string;
  readonly message: string;
  /** When it was said, milliseconds since the epoch. */
  readonly time: number;
  /** Called once the line is where no crash can lose it, or when it is not to be kept. */
  readonly onStored?: () => void;
}

/** What decides which lines are recorded and which are copied to stderr; the names of the flags that set them. */
export interface StatusOptions {
  /** `--verbose`: records everything and copies it to stderr; the other options are then without effect. */
  readonly verbose: boolean;
  /** `--logger_min_status`: the least severity that is recorded at all. */
  readonly minStatus: number;
  /** `--logger_min_stderr`: the least severity that reaches stderr. */
  readonly minStderr: number;
  /** `--logger_stderr`: whether lines below FATAL may reach stderr. */
  readonly stderr: boolean;
}

/** How many recorded lines wait for a sink before the oldest are dropped and counted. */
const waitingLimit = 10_000;

const letters = ['I', 'W', 'E', 'F'] as const;
const pad = (value: number, width: number): string => String(value).padStart(width, '0');

/** The text form of a line on stderr and in status files: `LMMDD HH:MM:SS.uuuuuu TTTTT source] message`, local time. */
export const statusText = (line: StatusLine): string => {
  const at = new Date(line.time);
  const date = `${pad(at.getMonth() + 1, 2)}${pad(at.getDate(), 2)}`;
  const clock = `${pad(at.getHours(), 2)}:${pad(at.getMinutes(), 2)}:${pad(at.getSeconds(), 2)}`;
  const micros = pad(at.getMilliseconds() * 1000, 6);
  return `${letters[line.severity]}${date} ${clock}.${micros} ${String(process.pid).padStart(5)} ${line.source}] ${line.message}`;
};

/**
 * The status log: what the agent says about itself. Lines reach stderr at once and a sink, which takes them to the loggers.
 * Lines recorded before there is a sink wait for it, within a bound.
 */
export class StatusLog {
  #options: StatusOptions;
  readonly #write: (text: string) => void;
  #sink: ((line: StatusLine) => void) | undefined;
  #waiting: StatusLine[] = [];
  readonly #listeners = new Set<(line: StatusLine) => void>();
  /** Whether a logger shows lines where stderr is read, so that they would be there twice: then FATAL ones only are on stderr. */
  shownElsewhere = false;
  /** Lines that were dropped because they waited for a sink in too great a number. */
  dropped = 0;
  /** How many lines were recorded, by severity. */
  readonly counts = [0, 0, 0, 0];

  constructor(options: StatusOptions, write: (text: string) => void = writeStandardError) {
    this.#options = options;
    this.#write = write;
  }

  /** Takes over changed flags. */
  configure(options: StatusOptions): void {
    this.#options = options;
  }

  /** Tells a listener of every line that is recorded from now on. */
  onLine(listener: (line: StatusLine) => void): void {
    this.#listeners.add(listener);
  }

  /** Gives every recorded line, those that wait and those to come, to `sink`; and says how many had to go before. */
  drainTo(sink: (line: StatusLine) => void): void {
    this.#sink = sink;
    for (const line of this.#waiting.splice(0)) sink(line);
    if (this.dropped > 0)
      this.warning('status', `${this.dropped} earlier status lines were dropped: more than ${waitingLimit} waited.`);
  }

  /** Something that only a person looking for a fault wants to know. */
  verbose(source: string, message: string): void {
    if (this.#options.verbose) this.record({ severity: severity.info, source, message, time: Date.now() });
  }

  /** Something that happened as it should. */
  info(source: string, message: string): void {
    this.record({ severity: severity.info, source, message, time: Date.now() });
  }

  /** Something that the agent can live with, and somebody should look at. */
  warning(source: string, message: string): void {
    this.record({ severity: severity.warning, source, message, time: Date.now() });
  }

  /** Something that failed. */
  error(source: string, message: string): void {
    this.record({ severity: severity.error, source, message, time: Date.now() });
  }

  /**
   * Records a line made elsewhere, such as one that the watcher handed over.
   * @param print whether it may be copied to stderr: not when that has happened already
   */
  record(line: StatusLine, print = true): void {
    const { verbose, minStatus, minStderr, stderr } = this.#options;
    if (!verbose && line.severity < minStatus) return line.onStored?.();
    this.counts[line.severity] = (this.counts[line.severity] ?? 0) + 1;
    const loudEnough = verbose || line.severity >= (stderr ? minStderr : severity.fatal);
    const shown = loudEnough && (!this.shownElsewhere || line.severity === severity.fatal);
    if (print && shown) this.#write(`${statusText(line)}\n`);
    for (const listener of this.#listeners) listener(line);
    if (this.#sink !== undefined) return this.#sink(line);
    this.#waiting.push(line);
    if (this.#waiting.length <= waitingLimit) return;
    this.#waiting.shift();
    this.dropped += 1;
  }
}
