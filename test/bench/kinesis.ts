// The Kinesis logger in a process of its own, called over its socket as an agent calls it, beside what the server on this machine takes
// without it; and its memory while the server is down.
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { installExamples } from '../../scripts/example-packages.ts';
import { FirehoseService } from '../examples/kinesis-logger/firehose.ts';
import { FaultyServer } from '../examples/kinesis-logger/http.ts';
import { KinesisServer } from '../examples/kinesis-logger/kinesis.ts';
import { linesOf } from '../examples/kinesis-logger/load.ts';
import { LoggerTrial } from '../examples/kinesis-logger/trial.ts';
import { type BenchmarkResult, median } from './result.ts';

const wantedPerSecond = 20_000;
const linesAtOnce = 1000;
const callsAtOnce = 4;
const lineCount = 100_000;
const rounds = 5;
/** How long the server is down, and how long a call may take then, seconds. */
const downSeconds = 20;
const callSeconds = 5;
/** How many calls are made at once then: more than there is room for; and how long one that failed waits, milliseconds. */
const downCalls = 80;
const pauseMs = 200;
/** What `--aws_logger_buffer_mib` allows by default: as much is being sent as waits for its turn. */
const boundMib = 2 * 8;
const mib = 1024 * 1024;

/** Calls a function again and again, some at once, until it has been called so often. */
const repeat = async (count: number, atOnce: number, work: (index: number) => Promise<unknown>): Promise<void> => {
  let next = 0;
  const worker = async () => {
    while (next < count) {
      const index = next;
      next += 1;
      await work(index);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
};

/** Lines a second through a logger: the median of some rounds. */
const rateOf = async (trial: LoggerTrial, count: number): Promise<number> => {
  const lines = linesOf(1, linesAtOnce);
  for (let warmUp = 0; warmUp < 5; warmUp += 1) await trial.log(lines);
  const rates: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const began = performance.now();
    await repeat(count / rounds / linesAtOnce, callsAtOnce, () => trial.log(lines));
    rates.push((count / rounds / (performance.now() - began)) * 1000);
  }
  return median(rates);
};

/** Records of one line each that the server takes in a second, in full requests. */
const bareRate = async (server: KinesisServer, stream: string, count: number): Promise<number> => {
  const Records = linesOf(1, 500).map((line, index) => ({
    Data: Buffer.from(line).toString('base64'),
    PartitionKey: `${index}`,
  }));
  const request = { operation: 'PutRecords', headers: {}, body: { StreamName: stream, Records } };
  const began = performance.now();
  await repeat(count / Records.length, callsAtOnce, () => server.handle(request));
  return (count / (performance.now() - began)) * 1000;
};

const withKinesis = async (
  flags: readonly string[],
  work: (trial: LoggerTrial, server: KinesisServer, stream: string) => Promise<BenchmarkResult[]>,
) => {
  await using server = await new KinesisServer().start();
  await server.createStream('bench', 4);
  const leading = ['--aws_kinesis_stream=bench', `--aws_kinesis_endpoint=${server.url}`, '--aws_region=us-east-1'];
  await using trial = await LoggerTrial.start('aws_kinesis', [...leading, ...flags]);
  return await work(trial, server, 'bench');
};

const figure = (name: string, ours: number): BenchmarkResult => ({
  name: `Kinesis logger, ${name}`,
  ours,
  unit: 'lines/s',
  target: `at least ${wantedPerSecond}`,
  met: ours >= wantedPerSecond,
});

const packed = () =>
  withKinesis(['--aws_kinesis_lines_per_record=500'], async trial => [
    figure('500 lines a record, in order by host', await rateOf(trial, lineCount)),
  ]);

const single = () =>
  withKinesis(['--aws_kinesis_random_partition_key'], async (trial, server, stream) => {
    const ours = await rateOf(trial, lineCount / 5);
    const rival = await bareRate(server, stream, lineCount / 5);
    const name = 'Kinesis logger, one line a record, random keys, beside full requests by hand';
    return [{ name, ours, rival, unit: 'lines/s', ratio: ours / rival, target: 'to know', met: true }];
  });

const firehose = async (): Promise<BenchmarkResult[]> => {
  const service = new FirehoseService('bench');
  await using front = await new FaultyServer(service.handle).start();
  const flags = ['--aws_firehose_stream=bench', `--aws_firehose_endpoint=${front.url}`];
  await using trial = await LoggerTrial.start('aws_firehose', flags);
  return [{ ...figure('Firehose, one line a record', await rateOf(trial, lineCount)), target: 'to know', met: true }];
};

const residentMb = (pid: number): number =>
  Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;

/** Offers lines until a time is up. @returns how many, and the most that a process had in memory in each half of the time, MB */
const offer = async (trial: LoggerTrial): Promise<{ offered: number; halves: readonly [number, number] }> => {
  const lines = linesOf(1, 2 * linesAtOnce);
  const began = performance.now();
  const halves: [number, number] = [0, 0];
  let offered = 0;
  const isOver = (share: number) => performance.now() - began > share * downSeconds * 1000;
  const caller = async () => {
    while (!isOver(1)) {
      offered += lines.length;
      await trial.log(lines).catch(() => delay(pauseMs));
      const half = isOver(0.5) ? 1 : 0;
      halves[half] = Math.max(halves[half], residentMb(trial.pid));
    }
  };
  await Promise.all(Array.from({ length: downCalls }, caller));
  return { offered, halves };
};

const down = () =>
  withKinesis(
    ['--aws_kinesis_lines_per_record=500', `--aws_logger_call_timeout=${callSeconds}`],
    async (trial, server) => {
      await trial.log(linesOf(1, linesAtOnce));
      await server.kill();
      const {
        offered,
        halves: [rival, ours],
      } = await offer(trial);
      const { peak_waiting_bytes: waiting = 0 } = await trial.meter();
      const what = `Kinesis logger, server down for ${downSeconds} s, ${offered} lines offered`;
      const kept = { ours: waiting / mib, unit: 'MiB', target: `at most ${boundMib}`, met: waiting <= boundMib * mib };
      const resident = {
        ours,
        rival,
        unit: 'MB',
        ratio: ours / rival,
        target: 'at most 1.2 times',
        met: ours <= 1.2 * rival,
      };
      return [
        { name: `${what}: lines in memory`, ...kept },
        { name: `${what}: resident memory in the second half, beside the first`, ...resident },
      ];
    },
  );

/** Measures; see the head of this file. */
export const run = async (): Promise<BenchmarkResult[]> => {
  await installExamples();
  const results: BenchmarkResult[] = [];
  for (const measure of [packed, single, firehose, down]) results.push(...(await measure()));
  return results;
};
