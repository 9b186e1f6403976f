import assert from 'node:assert/strict';
import { repositoryFile, type Sandbox, type Started, until } from '../integration/harness.ts';

/** One fault, and what the agent has to make of it. */
export interface Fault {
  readonly sql: string;
  /** Why its query is held. */
  readonly reason: 'limit' | 'ended the agent' | 'deadline' | 'cpu' | 'thread';
  /** What the evidence has to tell. */
  readonly evidence: RegExp;
  /** Whether the worker may end for it. */
  readonly endsWorker: boolean;
  /** What the agent is held to; 300 MB and 100 % CPU, when left out. */
  readonly flags?: readonly string[];
  /** How many queries of this kind run beside each other; 1 when left out. */
  readonly copies?: number;
}

const endless = 'with recursive c(x) as (select 1 union all select x + 1 from c) select count(*) from c';
const sorting = `with recursive n(i) as (select 1 union all select i + 1 from n)
  select max(x) from (select distinct hex(randomblob(64)) as x from n)`;

const cpuFlags = ['--watchdog_utilization_limit=20', '--watchdog_latency_limit=3'];

/** Every fault that a query can have. */
export const faults = {
  'a table that fills its heap': {
    sql: 'select * from fault_heap',
    reason: 'limit',
    evidence: /where 300 MB are allowed.*holds \d+ MiB.*fault_heap/,
    endsWorker: false,
  },
  'a table that takes buffers': {
    sql: 'select * from fault_buffers',
    reason: 'limit',
    evidence: /where 300 MB are allowed.*holds \d+ MiB.*fault_buffers/,
    endsWorker: false,
  },
  'a table that wants one giant array': {
    sql: 'select * from fault_giant',
    reason: 'ended the agent',
    evidence: /^The agent was ended by SIG\w+ while it ran; the table that it asked last is fault_giant\.$/,
    endsWorker: true,
    flags: ['--watchdog_memory_limit=9000'],
  },
  'a table that spins': {
    sql: 'select * from fault_spin',
    reason: 'limit',
    evidence: /CPU utilization limit.*has used \d+ ms of CPU time.*fault_spin/,
    endsWorker: false,
    flags: cpuFlags,
  },
  'a table that blocks in a system call': {
    sql: 'select * from fault_block',
    reason: 'deadline',
    evidence: /longer than its deadline of 2000 ms.*fault_block/,
    endsWorker: false,
    flags: ['--schedule_deadline=2'],
  },
  'two tables that block in a system call': {
    sql: 'select * from fault_block',
    reason: 'deadline',
    evidence: /longer than its deadline of 2000 ms.*fault_block/,
    endsWorker: true,
    flags: ['--schedule_deadline=2'],
    copies: 2,
  },
  'an endless query': {
    sql: endless,
    reason: 'limit',
    evidence: /CPU utilization limit.*has used \d+ ms of CPU time/,
    endsWorker: false,
    flags: cpuFlags,
  },
  'an endless query that no limit of the process stops': {
    sql: endless,
    reason: 'cpu',
    evidence: /used \d+ ms of CPU time, more than its 2000 ms/,
    endsWorker: false,
    flags: ['--schedule_cpu_limit=2'],
  },
  'a query that sorts without end': {
    sql: sorting,
    reason: 'limit',
    evidence: /where 300 MB are allowed.*holds \d+ MiB/,
    endsWorker: false,
    flags: ['--query_memory_limit=0'],
  },
} as const satisfies Readonly<Record<string, Fault>>;

const good = { query: 'select total_seconds from uptime', interval: 1, snapshot: true };

const schedule = ({ sql, copies = 1 }: Fault): Record<string, object> => ({
  good,
  ...Object.fromEntries(Array.from({ length: copies }, (_, copy) => [`bad_${copy}`, { query: sql, interval: 1 }])),
});

/** The module with the tables that do harm. */
export const faultTables = repositoryFile('test', 'reliability', 'fault-tables.ts');

/** Starts a daemon with the tables that do harm. */
export const faultyDaemon = (sandbox: Sandbox, fault: Pick<Fault, 'flags'>): Started =>
  sandbox.daemon(
    '--watchdog_delay=0',
    '--watchdog_memory_limit=300',
    '--watchdog_utilization_limit=100',
    `--plugins=${faultTables}`,
    ...(fault.flags ?? []),
  );

const statusText = (sandbox: Sandbox): string => sandbox.texts(/^outpostd\.(?:INFO|WARNING|ERROR)/).join('\n');

/**
 * Has the agent run a fault beside a good query: the bad one is held with the expected verdict, which reaches the logger, the good one goes on,
 * and the process ends for it only where nothing else helps.
 * @returns how many seconds passed until the verdict
 */
export const bear = async (sandbox: Sandbox, fault: Fault): Promise<{ readonly seconds: number }> => {
  sandbox.write('outpost.conf', { schedule: schedule(fault) });
  const daemon = faultyDaemon(sandbox, fault);
  const { worker, watcher } = await sandbox.pids();
  const began = performance.now();
  const held = await until(
    'the verdict',
    async () => {
      const rows = await sandbox.ask('select query, reason, evidence from outpost_quarantine');
      return rows.length >= (fault.copies ?? 1) ? rows : undefined;
    },
    60,
  );
  const seconds = (performance.now() - began) / 1000;
  for (const { query = '', reason, evidence = '' } of held) {
    assert.match(query, /^bad_\d$/);
    assert.equal(reason, fault.reason, evidence);
    assert.match(evidence, fault.evidence);
  }
  const now = await (fault.endsWorker ? sandbox.pids(worker) : sandbox.pids());
  assert.equal(now.watcher, watcher);
  if (!fault.endsWorker) assert.equal(now.worker, worker, 'the worker lives on');
  const runs = (): number => sandbox.lines('outpostd.snapshots.log').length;
  const before = runs();
  await until('more runs of the good query', () => runs() > before + 1 || undefined);
  await until(
    'the verdict at the logger',
    () => held.every(({ evidence = '' }) => statusText(sandbox).includes(evidence)) || undefined,
  );
  const kept = await sandbox.ask('select query from outpost_quarantine');
  assert.equal(kept.length, held.length, 'nobody else is held');
  daemon.process.kill('SIGTERM');
  const { signal } = await daemon.ended;
  assert.equal(signal, null);
  await sandbox.emptied(10);
  return { seconds };
};
