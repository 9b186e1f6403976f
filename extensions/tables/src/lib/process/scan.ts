import type { FileView } from '@outpost/sdk';
import { Executables } from './executable.ts';
import {
  bootTimeOf,
  type ProcessIo,
  type ProcessStat,
  type ProcessStatus,
  parseCgroup,
  parseCmdline,
  parseIo,
  parseStat,
  parseStatus,
} from './parse.ts';
import { ProcessReader } from './reader.ts';

/** USER_HZ, the kernel's unit in /proc: 100 on every architecture that Node runs on. */
const millisecondsPerTick = 10;
const ticksPerSecond = 100;

const statColumns = ['state', 'user_time', 'system_time', 'start_time', 'parent', 'pgroup', 'threads', 'nice'] as const;
const ioColumns = ['disk_bytes_read', 'disk_bytes_written'] as const;
const exeColumns = ['path', 'on_disk'] as const;
const statusColumns = [
  ...(['name', 'uid', 'gid', 'euid', 'egid', 'suid', 'sgid', 'resident_size', 'total_size', 'wired_size'] as const),
  ...statColumns,
  ...ioColumns,
  ...exeColumns,
  ...(['cmdline', 'cwd', 'root', 'cgroup_path'] as const),
];

/** A column that costs reading something. */
export type ProcessColumn = (typeof statusColumns)[number];

/** Which files of each process a query needs. */
interface Needs {
  /** Read for every column but `pid`: it also tells whether the process is still there. */
  readonly status: boolean;
  readonly stat: boolean;
  readonly io: boolean;
  readonly executable: boolean;
  readonly cmdline: boolean;
  readonly cwd: boolean;
  readonly root: boolean;
  readonly cgroup: boolean;
}

const noIo: ProcessIo = { read: undefined, written: undefined };

/** Reads processes for one query: only the files that the query's columns come from. */
export class ProcessScan {
  readonly #reader: ProcessReader;
  readonly #executables: Executables;
  readonly #needs: Needs;
  readonly #bootTime: number | undefined;

  constructor(files: FileView, used: (column: ProcessColumn) => boolean) {
    this.#reader = new ProcessReader(files);
    this.#executables = new Executables(files);
    this.#bootTime = used('start_time') ? bootTimeOf(files.readTextIfPresent('/proc/stat') ?? '') : undefined;
    this.#needs = {
      status: statusColumns.some(used),
      stat: statColumns.some(used),
      io: ioColumns.some(used),
      executable: exeColumns.some(used),
      cmdline: used('cmdline'),
      cwd: used('cwd'),
      root: used('root'),
      cgroup: used('cgroup_path'),
    };
  }

  /**
   * The row of a process; undefined when it is gone. With `check`, also when the id is no process: /proc answers to the ids of
   * threads, which it does not list.
   */
  read(pid: number, check: boolean) {
    const needs = this.#needs;
    if (!needs.status && !check) return this.#row(pid, '', undefined, undefined);
    const directory = `/proc/${pid}`;
    const statusText = this.#reader.latin1(`${directory}/status`);
    const status = statusText === undefined ? undefined : parseStatus(statusText);
    if (status === undefined || (check && status.threadGroup !== pid)) return undefined;
    if (!needs.stat) return this.#row(pid, directory, status, undefined);
    const statText = this.#reader.latin1(`${directory}/stat`);
    const stat = statText === undefined ? undefined : parseStat(statText);
    return stat === undefined ? undefined : this.#row(pid, directory, status, stat);
  }

  /** One literal with every column in one order, so that all rows share a hidden class. */
  #row(pid: number, directory: string, status: ProcessStatus | undefined, stat: ProcessStat | undefined) {
    const needs = this.#needs;
    const reader = this.#reader;
    // Kernel threads and zombies have no memory, and with it no program and no command line.
    const hasMemory = status?.totalSize !== undefined;
    const exe = `${directory}/exe`;
    const program = needs.executable ? this.#executables.of(exe, hasMemory ? reader.link(exe) : undefined) : undefined;
    const cmdline = needs.cmdline && hasMemory ? reader.utf8(`${directory}/cmdline`) : undefined;
    const io = needs.io ? this.#io(directory) : noIo;
    const cgroup = needs.cgroup ? reader.utf8(`${directory}/cgroup`) : undefined;
    return {
      pid,
      name: status?.name,
      path: program?.path,
      cmdline: cmdline === undefined ? '' : parseCmdline(cmdline),
      state: stat?.state,
      cwd: needs.cwd ? (reader.link(`${directory}/cwd`) ?? '') : '',
      root: needs.root ? (reader.link(`${directory}/root`) ?? '') : '',
      uid: status?.uid,
      gid: status?.gid,
      euid: status?.euid,
      egid: status?.egid,
      suid: status?.suid,
      sgid: status?.sgid,
      on_disk: program?.onDisk,
      wired_size: 0,
      resident_size: status?.residentSize,
      total_size: status?.totalSize,
      user_time: stat && stat.userTicks * millisecondsPerTick,
      system_time: stat && stat.systemTicks * millisecondsPerTick,
      disk_bytes_read: io.read,
      disk_bytes_written: io.written,
      start_time: stat && this.#startTime(stat),
      parent: stat?.parent,
      pgroup: stat?.group,
      threads: stat?.threads,
      nice: stat?.nice,
      cgroup_path: cgroup === undefined ? '' : parseCgroup(cgroup),
    };
  }

  #io(directory: string): ProcessIo {
    const text = this.#reader.latin1(`${directory}/io`);
    return text === undefined ? noIo : parseIo(text);
  }

  #startTime(stat: ProcessStat): number {
    return this.#bootTime === undefined ? -1 : this.#bootTime + Math.floor(stat.startTicks / ticksPerSecond);
  }
}
