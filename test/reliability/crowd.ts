import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { connect } from 'node:net';
import { ExtensionManagerClient, unixEndpoint } from '@outpost/protocol';
import { repositoryFile, type Sandbox, until } from '../integration/harness.ts';
import { seeded } from '../integration/random.ts';

/** What a crowd of peers got. */
export interface Crowd {
  readonly extensions: number;
  readonly peers: number;
  readonly queries: number;
  /** Half of the queries took at most so long, and 99 of 100, milliseconds. */
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Two peers that nobody can serve: one sends half a request, one asks and asks and reads nothing. @returns what ends them */
const bores = (path: string): (() => void) => {
  const half = connect(path, () => half.write(Buffer.from('8001000100000004', 'hex')));
  const ping = Buffer.from('800100010000000470696e670000000000', 'hex');
  const deaf = connect(path, () => {
    deaf.pause();
    for (let i = 0; i < 20_000; i++) deaf.write(ping);
  });
  for (const socket of [half, deaf]) socket.on('error', () => socket.destroy());
  return () => {
    half.destroy();
    deaf.destroy();
  };
};

const percentile = (sorted: readonly number[], share: number): number =>
  Math.round((sorted[Math.floor(share * (sorted.length - 1))] ?? 0) * 10) / 10;

/**
 * Registers many extensions of ten tables at once and lets many peers query them side by side, beside two that behave badly. Every
 * query must get its row.
 */
export const gather = async (
  sandbox: Sandbox,
  { extensions, peers, seconds, seed }: { extensions: number; peers: number; seconds: number; seed: number },
): Promise<Crowd> => {
  sandbox.write('outpost.conf', { schedule: {} });
  sandbox.daemon('--logger_min_status=1', '--disable_logging', '--watchdog_level=-1'); // a crowd is more than a worker may bear
  await sandbox.pids();
  const program = repositoryFile('test', 'reliability', 'many-extensions.ts');
  const host = spawn(process.execPath, [program, String(extensions), '--socket', sandbox.socket], {
    stdio: 'ignore',
    env: { ...process.env, OUTPOST_DEMO: sandbox.directory },
  });
  host.once('error', assert.fail);
  await until(
    'all extensions',
    async () => {
      const [row] = await sandbox.ask("select count(*) as n from outpost_extensions where state = 'ready'");
      return Number(row?.n) === extensions || undefined;
    },
    60,
  );
  const endBores = bores(sandbox.socket);
  const times: number[] = [];
  const end = performance.now() + seconds * 1000;
  const peer = async (number: number): Promise<void> => {
    const random = seeded(seed + number);
    const client = await ExtensionManagerClient.connect(unixEndpoint(sandbox.socket));
    try {
      while (performance.now() < end) {
        const [extension, table] = [random(extensions), random(10)];
        const began = performance.now();
        const { status, response } = await client.query(`select * from many_${extension}_${table}`);
        times.push(performance.now() - began);
        assert.equal(status.code, 0, status.message);
        assert.deepEqual(response, [{ extension: String(extension), name: `many_${extension}_${table}` }]);
      }
    } finally {
      client.close();
    }
  };
  try {
    await Promise.all(Array.from({ length: peers }, (_, number) => peer(number)));
  } finally {
    endBores();
  }
  const sorted = times.toSorted((left, right) => left - right);
  return { extensions, peers, queries: sorted.length, p50Ms: percentile(sorted, 0.5), p99Ms: percentile(sorted, 0.99) };
};
