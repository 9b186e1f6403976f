import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { repositoryFile, type Sandbox, until } from '../integration/harness.ts';
import { seeded } from '../integration/random.ts';
import { descriptors, descriptorsReturned, residentMegabytes } from './processes.ts';

type Random = (bound: number) => number;

interface RecordedFrame {
  readonly kind: string;
  readonly method: string;
  readonly hex?: string;
}

/** Requests as osquery's clients and cores send them. */
const recorded = readFileSync(repositoryFile('test', 'golden', 'frames.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map(line => JSON.parse(line) as RecordedFrame);

/** Requests and notices of version 2. */
const corpus = JSON.parse(
  readFileSync(repositoryFile('protocol', 'corpus', 'frames.json'), 'utf8'),
) as readonly RecordedFrame[];

/** What is mutated; nothing that would end an extension. */
const requests: readonly Buffer[] = [...recorded, ...corpus].flatMap(({ kind, method, hex }) =>
  ['call', 'notice'].includes(kind) && method !== 'shutdown' && hex !== undefined && hex.length < 4000
    ? [Buffer.from(hex, 'hex')]
    : [],
);

/** Lengths and counts that parsers stumble over. */
const edges = [0, 1, 0x7f, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff, 0x80010001, 0x80010004] as const;

/** Changes a request in a few places. */
const mutate = (random: Random): Buffer => {
  let bytes = Buffer.from(requests[random(requests.length)] ?? Buffer.alloc(0));
  for (let change = random(4); change >= 0; change--) {
    const at = random(bytes.length + 1);
    switch (random(6)) {
      case 0:
        if (at < bytes.length) bytes[at] = (bytes[at] ?? 0) ^ (1 << random(8));
        break;
      case 1:
        bytes = bytes.subarray(0, at);
        break;
      case 2:
        if (at + 4 <= bytes.length) bytes.writeUInt32BE(edges[random(edges.length)] ?? 0, at);
        break;
      case 3: {
        const other = requests[random(requests.length)] ?? bytes;
        bytes = Buffer.concat([bytes.subarray(0, at), other.subarray(random(other.length))]);
        break;
      }
      case 4:
        bytes = Buffer.concat([bytes.subarray(0, at), Buffer.alloc(random(64), random(256)), bytes.subarray(at)]);
        break;
      default:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes]);
    }
  }
  return Buffer.from(bytes.subarray(0, 8000));
};

/** Frames that would shut the extension down are not what is tested. */
const harmless = (random: Random): Buffer => {
  for (;;) {
    const bytes = mutate(random);
    if (!bytes.includes('shutdown')) return bytes;
  }
};

/** How the other side took frames. */
interface Reception {
  answered: number;
  closed: number;
}

/** How long a server may take to be done with a connection whose client has said all, milliseconds. */
const patienceMs = 20_000;

/** Sends a few frames over one connection and ends it; the server has to answer or to close, in time. */
const converse = (path: string, frames: readonly Buffer[], reception: Reception): Promise<void> =>
  new Promise((resolve, reject) => {
    let answered = false;
    const socket: Socket = connect(path);
    const late = setTimeout(() => {
      socket.destroy();
      reject(new Error(`a connection hangs after ${frames.map(frame => frame.toString('hex')).join(' ')}`));
    }, patienceMs);
    socket.on('data', () => {
      answered = true;
    });
    socket.on('error', error => {
      if (!['EPIPE', 'ECONNRESET'].includes((error as NodeJS.ErrnoException).code ?? '')) reject(error);
    });
    socket.on('close', () => {
      clearTimeout(late);
      if (answered) reception.answered += 1;
      else reception.closed += 1;
      resolve();
    });
    for (const frame of frames) socket.write(frame);
    socket.end();
  });

/** Sends so many mutated frames to a socket, some over one connection, several connections at a time. */
const bombard = async (path: string, count: number, random: Random): Promise<Reception> => {
  const reception: Reception = { answered: 0, closed: 0 };
  let left = count;
  const work = async (): Promise<void> => {
    while (left > 0) {
      const frames = Array.from({ length: Math.min(left, 1 + random(8)) }, () => harmless(random));
      left -= frames.length;
      await converse(path, frames, reception);
    }
  };
  await Promise.all(Array.from({ length: 16 }, work));
  return reception;
};

/** What mutated frames did to the agent's manager and to an extension of the SDK. */
export interface Bombardment {
  readonly manager: Reception;
  readonly extension: Reception;
  /** How much the processes grew from the first tenth of the frames to the last, megabytes. */
  readonly grownMb: { readonly manager: number; readonly extension: number };
}

/**
 * Sends mutated frames to the manager's socket and to that of an extension. Nothing may crash, hang, or grow.
 * @param count how many frames each of the two gets
 */
export const bombardSockets = async (sandbox: Sandbox, count: number, seed: number): Promise<Bombardment> => {
  const random = seeded(seed);
  sandbox.write('outpost.conf', { schedule: {} });
  const daemon = sandbox.daemon(
    `--extension=${repositoryFile('examples', 'hello-table', 'hello.ts')}`,
    '--logger_min_status=2',
    '--disable_logging',
    // A query of a table that a mutated registration announced waits so long for it: well within the patience.
    '--extensions_timeout=3',
  );
  const extension = await until(
    'the extension',
    async () =>
      (await sandbox.ask("select pid, path from outpost_extensions where name = 'hello' and state = 'ready'"))[0],
  );
  const { worker } = await sandbox.pids();
  const pids = { manager: worker, extension: Number(extension.pid) };
  const round = async (frames: number): Promise<[Reception, Reception]> => [
    await bombard(sandbox.socket, frames, random),
    await bombard(extension.path ?? '', frames, random),
  ];
  const first = await round(Math.ceil(count / 10));
  const before = { manager: residentMegabytes(pids.manager), extension: residentMegabytes(pids.extension) };
  const opened = { manager: descriptors(pids.manager), extension: descriptors(pids.extension) };
  const rest = await round(count - Math.ceil(count / 10));
  assert.equal((await sandbox.pids()).worker, worker, `the worker died: ${daemon.stderr}`);
  assert.deepEqual(await sandbox.ask('select greeting from hello'), [{ greeting: 'Hello, world!' }]);
  for (const who of ['manager', 'extension'] as const) await descriptorsReturned(pids[who], opened[who]);
  const sum = (index: 0 | 1): Reception => ({
    answered: first[index].answered + rest[index].answered,
    closed: first[index].closed + rest[index].closed,
  });
  return {
    manager: sum(0),
    extension: sum(1),
    grownMb: {
      manager: Math.round(residentMegabytes(pids.manager) - before.manager),
      extension: Math.round(residentMegabytes(pids.extension) - before.extension),
    },
  };
};
