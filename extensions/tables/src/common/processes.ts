import { bigint, defineTable, integer, type Row, type TableContext, text } from '@outpost/sdk';
import { listPids } from '../lib/pids.ts';
import { ProcessScan } from '../lib/process/scan.ts';

const columns = {
  pid: bigint('Id of the process', { index: true, optimized: true }),
  name: text('Name, at most 15 characters'),
  path: text('Path of the program'),
  cmdline: text('Command line'),
  state: text('State, such as R for running and S for sleeping'),
  cwd: text('Working directory'),
  root: text('Root directory'),
  uid: bigint('User id'),
  gid: bigint('Group id'),
  euid: bigint('Effective user id'),
  egid: bigint('Effective group id'),
  suid: bigint('Saved user id'),
  sgid: bigint('Saved group id'),
  on_disk: integer("1 when the program's file exists, 0 when it does not, -1 when there is no program"),
  wired_size: bigint('Always 0 on Linux'),
  resident_size: bigint('Resident memory in bytes'),
  total_size: bigint('Virtual memory in bytes'),
  user_time: bigint('Time in user space, in milliseconds'),
  system_time: bigint('Time in the kernel, in milliseconds'),
  disk_bytes_read: bigint('Bytes read from storage'),
  disk_bytes_written: bigint('Bytes written to storage'),
  start_time: bigint('When it was started, in seconds since 1970; -1 when unknown'),
  parent: bigint('Id of the parent process'),
  pgroup: bigint('Id of the process group'),
  threads: integer('Number of threads'),
  nice: integer('Nice value, -20 to 19'),
  elevated_token: integer('Whether the token is elevated', { platforms: ['windows'] }),
  secure_process: integer('Whether the process is secure', { platforms: ['windows'] }),
  protection_type: text('Protection of the process', { platforms: ['windows'] }),
  virtual_process: integer('Whether the process is virtual', { platforms: ['windows'] }),
  elapsed_time: bigint('Seconds the process has been running', { platforms: ['windows'] }),
  handle_count: bigint('Number of handles', { platforms: ['windows'] }),
  percent_processor_time: bigint('Processor time in hundreds of nanoseconds', { platforms: ['windows'] }),
  upid: bigint('Unique id of the process', { platforms: ['macos'] }),
  uppid: bigint('Unique id of the parent', { platforms: ['macos'] }),
  cpu_type: integer('Type of processor', { platforms: ['macos'] }),
  cpu_subtype: integer('Subtype of processor', { platforms: ['macos'] }),
  translated: integer('Whether the program is translated', { platforms: ['macos'] }),
  cgroup_path: text('Control group', { platforms: ['linux'] }),
} as const;

/** The processes a query wants, ascending: those it names, else all. */
function pidsOf(context: TableContext<typeof columns>): number[] {
  const named = context.equals('pid');
  if (named === undefined) return listPids(context.files);
  const pids = named.map(Number).filter(pid => pid > 0 && pid <= 0x7fff_ffff);
  return pids.sort((left, right) => left - right);
}

/** Running processes. */
export const processes = defineTable({
  name: 'processes',
  description: 'Running processes.',
  platforms: ['linux', 'macos', 'windows'],
  attributes: { cacheable: true },
  examples: [
    'select pid, name, path from processes where on_disk = 0',
    'select name, resident_size from processes order by resident_size desc limit 10',
  ],
  columns,
  order: ['pid'],
  exact: ['pid'],
  *generate(context): Generator<Row<typeof columns>> {
    const scan = new ProcessScan(context.files, column => context.used(column));
    const named = context.equals('pid') !== undefined;
    for (const pid of pidsOf(context)) {
      if (context.aborted) return;
      const row = scan.read(pid, named);
      if (row !== undefined) yield row;
    }
  },
});
