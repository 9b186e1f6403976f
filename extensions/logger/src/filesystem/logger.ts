import { join } from 'node:path';
import { defineLogger, type LoggerDefinition } from '@outpost/sdk';
import { AppendFile } from './append-file.ts';
import { rotate } from './rotate.ts';
import { StatusFiles } from './status-files.ts';

/** When a log is moved aside. */
export interface RotationOptions {
  /** `--logger_rotate_size`: a log of this many bytes is full. */
  readonly bytes: number;
  /** `--logger_rotate_max_files`: how many older files are kept, at least 1. */
  readonly files: number;
}

/** How the filesystem logger works. */
export interface FilesystemLoggerOptions {
  /** `--logger_path`: a directory that is there. */
  readonly path: string;
  /** The name of the program, with which file names begin; what the core says at `init`, when left out. */
  readonly program?: string;
  /** `--logger_mode`: the mode of results and snapshots, set at each write; 0640 when left out. */
  readonly mode?: number;
  /** 25 MiB and 25 files when left out; false lets the files grow. */
  readonly rotation?: RotationOptions | false;
}

const defaultRotation: RotationOptions = { bytes: 25 * 1024 * 1024, files: 25 };

/** A log that is rotated when it is full. Writes are done one after another. */
class RotatedLog {
  readonly #file: AppendFile;
  readonly #rotation: RotationOptions | false;
  #turn: Promise<void> = Promise.resolve();

  constructor(path: string, mode: number, rotation: RotationOptions | false) {
    this.#file = new AppendFile(path, mode);
    this.#rotation = rotation;
  }

  create(): void {
    this.#file.create();
  }

  write(lines: readonly string[]): Promise<void> {
    const turn = this.#turn.then(() => this.#write(lines));
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #write(lines: readonly string[]): Promise<void> {
    const { bytes, files } = this.#rotation || { bytes: Number.POSITIVE_INFINITY, files: 1 };
    if (this.#rotation && this.#file.size() >= bytes) await rotate(this.#file.path, files);
    this.#file.append(lines.map(line => `${line}\n`).join(''));
  }
}

class Logs {
  readonly results: RotatedLog;
  readonly snapshots: RotatedLog;
  readonly statuses: StatusFiles;

  constructor({ path, mode = 0o640, rotation = defaultRotation }: FilesystemLoggerOptions, program: string) {
    this.results = new RotatedLog(join(path, `${program}.results.log`), mode, rotation);
    this.snapshots = new RotatedLog(join(path, `${program}.snapshots.log`), mode, rotation);
    this.statuses = new StatusFiles(path, program);
  }
}

const checked = (options: FilesystemLoggerOptions): FilesystemLoggerOptions => {
  const { rotation = defaultRotation } = options;
  if (rotation && rotation.files < 1)
    throw new RangeError(`--logger_rotate_max_files is ${rotation.files}: at least 1 file must be kept.`);
  return options;
};

/**
 * The logger `filesystem`: `<program>.results.log`, `<program>.snapshots.log` and status files in one directory.
 * @param options how it works, or a function that is asked for it once, when the logger begins
 * @throws RangeError when the rotation would keep no file
 */
export function filesystemLogger(options: FilesystemLoggerOptions | (() => FilesystemLoggerOptions)): LoggerDefinition {
  let settled = typeof options === 'function' ? undefined : checked(options);
  let logs: Logs | undefined;
  const begin = (processName = 'outpostd'): Logs => {
    settled ??= checked(typeof options === 'function' ? options() : options);
    return new Logs(settled, settled.program ?? processName);
  };
  const opened = (): Logs => {
    logs ??= begin();
    return logs;
  };
  return defineLogger({
    name: 'filesystem',
    description: 'Writes results, snapshots and status lines to files in one directory.',
    init(processName) {
      logs = begin(processName);
      logs.results.create();
    },
    logString: line => opened().results.write([line]),
    logBatch: lines => opened().results.write(lines),
    logSnapshot: line => opened().snapshots.write([line]),
    logStatus: statuses => opened().statuses.write(statuses),
  });
}
