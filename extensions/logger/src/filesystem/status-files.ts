import { readdirSync, rmSync, symlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { LoggedStatus } from '@outpost/sdk';
import { AppendFile } from './append-file.ts';

const names = ['INFO', 'WARNING', 'ERROR'] as const;
const letters = ['I', 'W', 'E', 'F'] as const;
const fileMode = 0o644;
/** A status file that has this many bytes is followed by a new one; so many are kept for each severity. */
const fileBytes = 10 * 1024 * 1024;
const filesKept = 10;

const pad = (value: number, width = 2): string => String(value).padStart(width, '0');

/** The text of a status: `LMMDD HH:MM:SS.uuuuuu TTTTT file:line] message`, local time. */
export function statusText({ severity, file, line, message, unixTime }: LoggedStatus): string {
  const at = new Date(unixTime * 1000);
  const time = `${pad(at.getHours())}:${pad(at.getMinutes())}:${pad(at.getSeconds())}.000000`;
  const where = line > 0 ? `${file}:${line}` : file;
  const head = `${letters[severity] ?? 'I'}${pad(at.getMonth() + 1)}${pad(at.getDate())} ${time}`;
  return `${head} ${String(process.pid).padStart(5)} ${where}] ${message}\n`;
}

/** The status files of glog: one for each severity, which holds the lines of higher ones too, each made at its first line. */
export class StatusFiles {
  readonly #directory: string;
  readonly #program: string;
  readonly #files = new Map<string, AppendFile>();

  constructor(directory: string, program: string) {
    this.#directory = directory;
    this.#program = program;
  }

  /** Writes statuses to all files that they belong to. */
  write(statuses: readonly LoggedStatus[]): void {
    names.forEach((name, severity) => {
      const lines = statuses.filter(status => status.severity >= severity).map(statusText);
      if (lines.length > 0) this.#file(name).append(lines.join(''));
    });
  }

  #file(name: string): AppendFile {
    const present = this.#files.get(name);
    if (present !== undefined && present.size() < fileBytes) return present;
    const file = this.#create(name);
    this.#files.set(name, file);
    return file;
  }

  #create(name: string): AppendFile {
    const now = new Date();
    const date = `${now.getFullYear()}${pad(now.getMonth() + 1)}${pad(now.getDate())}`;
    const time = `${pad(now.getHours())}${pad(now.getMinutes())}${pad(now.getSeconds())}`;
    const prefix = `${this.#program}.${name}.`;
    const target = `${prefix}${date}-${time}.${process.pid}`;
    const file = new AppendFile(join(this.#directory, target), fileMode);
    if (file.size() === 0) file.append(header(now));
    const link = join(this.#directory, `${this.#program}.${name}`);
    rmSync(link, { force: true });
    symlinkSync(target, link);
    this.#removeOld(prefix);
    return file;
  }

  #removeOld(prefix: string): void {
    const files = readdirSync(this.#directory)
      .filter(file => file.startsWith(prefix))
      .sort();
    for (const file of files.slice(0, Math.max(0, files.length - filesKept))) rmSync(join(this.#directory, file));
  }
}

function header(now: Date): string {
  const date = `${now.getFullYear()}/${pad(now.getMonth() + 1)}/${pad(now.getDate())}`;
  const time = `${pad(now.getHours())}:${pad(now.getMinutes())}:${pad(now.getSeconds())}`;
  const seconds = Math.floor(process.uptime());
  const running = `${Math.floor(seconds / 3600)}:${pad(Math.floor(seconds / 60) % 60)}:${pad(seconds % 60)}`;
  return [
    `Log file created at: ${date} ${time}`,
    `Running on machine: ${hostname()}`,
    `Running duration (h:mm:ss): ${running}`,
    'Log line format: [IWEF]mmdd hh:mm:ss.uuuuuu threadid file:line] msg',
    '',
  ].join('\n');
}
