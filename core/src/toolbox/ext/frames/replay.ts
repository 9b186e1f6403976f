import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ExtensionClient, type Frame, type FrameJson, frameJson, OutpostError, unixEndpoint } from '@outpost/protocol';
import { launch, signalGroup } from '../../../extensions/launch.ts';
import { readLines } from '../../../extensions/output-lines.ts';
import { commandOf } from '../program.ts';
import { callsOf, comparable, differences, namedRows, type RecordedCall } from './conversation.ts';
import { frameOf, type Recording, readRecording } from './recording.ts';
import { fieldAt } from './registration.ts';
import { ReplayClient } from './replay-client.ts';
import { ReplayManager } from './replay-manager.ts';

/** What `outpost ext replay` is told. */
export interface ReplayFlags {
  readonly ignore?: readonly string[];
  readonly timeout: number;
}

/** How a call went: what differs from the recording, a line each. */
interface Outcome {
  readonly title: string;
  readonly lines: readonly string[];
}

const request = (json: FrameJson): string => {
  const fields = fieldAt(json, 'request');
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) return '';
  const { action = Object.keys(fields)[0] } = fields as Readonly<Record<string, FrameJson>>;
  return ` ${String(action)}`;
};

/** A call in words: its number, and what it asks. */
const titleOf = ({ call: { n, method } }: RecordedCall, json: FrameJson): string => {
  const registry = fieldAt(json, 'registry') ?? fieldAt(json, 'scan', 'table');
  const item = fieldAt(json, 'item');
  const plugin = typeof registry === 'string' ? ` ${registry}${typeof item === 'string' ? `/${item}` : ''}` : '';
  return `#${n} ${method}${plugin}${request(json)}`;
};

/** The columns that the rows of each scan have: a call that reads on names its cursor only. */
class Scans {
  readonly #columns = new Map<string, readonly string[]>();

  /** The columns of the rows that a call is answered with. */
  of({ call, answer }: RecordedCall): readonly string[] {
    const asked = frameJson(frameOf(call));
    const cursor = String(fieldAt(asked, 'cursor'));
    if (call.method !== 'openRows') return this.#columns.get(cursor) ?? [];
    const wanted = fieldAt(asked, 'scan', 'columns');
    const columns = Array.isArray(wanted) ? wanted.map(String) : [];
    if (answer !== undefined)
      this.#columns.set(String(fieldAt(frameJson(frameOf(answer)), 'success', 'cursor')), columns);
    return columns;
  }
}

const outcomeOf = (
  recorded: RecordedCall,
  found: Frame | string,
  ignored: ReadonlySet<string>,
  columns: readonly string[],
): Outcome => {
  const title = titleOf(recorded, frameJson(frameOf(recorded.call)));
  if (recorded.answer === undefined) return { title, lines: [] };
  if (typeof found === 'string') return { title, lines: [`there is no answer: ${found}`] };
  const then = frameOf(recorded.answer);
  if (then.kind !== found.kind)
    return { title, lines: [`the answer is of the kind ${found.kind}, and was ${then.kind}`] };
  const [was, is] = [then, found].map(frame => comparable(namedRows(frameJson(frame), columns), ignored));
  return { title, lines: differences(was, is) };
};

const print = ({ title, lines }: Outcome): boolean => {
  const told = lines.map(line => `\n          ${line}`).join('');
  process.stdout.write(`  ${lines.length === 0 ? 'ok   ' : 'DIFFERS'}  ${title}${told}\n`);
  return lines.length === 0;
};

/** Waits until the extension answers at its socket. */
const untilListening = async (path: string, timeoutMs: number): Promise<void> => {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    try {
      using client = await ExtensionClient.connect(unixEndpoint(path), { timeoutMs });
      await client.ping();
      return;
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await new Promise(resolve => setTimeout(resolve, 20));
    }
  }
};

/** Plays the agent of a recording at an extension that has registered. @returns how many answers differ */
const play = async (calls: readonly RecordedCall[], path: string, flags: ReplayFlags): Promise<number> => {
  const ignored = new Set(flags.ignore ?? []);
  using client = new ReplayClient(path, flags.timeout * 1000);
  const scans = new Scans();
  let different = 0;
  for (const [index, recorded] of calls.entries()) {
    const { call, answer } = recorded;
    const found = await client.ask(frameOf(call), call.conn, answer && frameOf(answer));
    if (!print(outcomeOf(recorded, found, ignored, scans.of(recorded)))) different += 1;
    if (!calls.slice(index + 1).some(({ call: { conn } }) => conn === call.conn)) client.end(call.conn);
  }
  return different;
};

/** Compares how an extension introduces itself. */
const introduction = (recording: Recording, manager: ReplayManager): Outcome => {
  const [then] = callsOf(recording.frames, 'extension→manager').filter(({ call: { method } }) =>
    ['registerExtension', 'openLease'].includes(method),
  );
  const title = 'the registration';
  if (then === undefined || manager.registration === undefined) return { title, lines: [] };
  const none: ReadonlySet<string> = new Set();
  const was = comparable(frameJson(frameOf(then.call)), none);
  return { title, lines: differences(was, comparable(frameJson(manager.registration), none)) };
};

interface Started {
  readonly ended: Promise<string>;
  stop(): Promise<unknown>;
}

const start = ([command = '', ...args]: readonly string[], socket: string, timeout: number): Started => {
  const program = { name: 'extension', path: command, command, args, revision: '' };
  const child = launch(program, { socket, timeoutSeconds: timeout, intervalSeconds: 3600, verbose: false });
  for (const stream of [child.stdout, child.stderr])
    if (stream !== null) readLines(stream, line => process.stderr.write(`  | ${line}\n`));
  const { promise: ended, resolve } = Promise.withResolvers<string>();
  child.on('error', error => resolve(error.message));
  child.on('exit', (code, signal) =>
    resolve(signal === null ? `it ended with exit code ${code}` : `it was ended by ${signal}`),
  );
  return {
    ended,
    stop: () => {
      if (child.pid !== undefined) signalGroup(child.pid, 'SIGKILL');
      return ended;
    },
  };
};

/**
 * `outpost ext replay`: starts an extension, says to it what the agent of a recording said, and compares what it answers.
 * @param words the extension; the one of the recording, when there are none
 * @returns the exit code: 0 when nothing differs
 * @throws OutpostError RECORDING_MALFORMED, REPLAY_UNREGISTERED
 */
export const replayRecording = async (path: string, words: readonly string[], flags: ReplayFlags): Promise<number> => {
  const recording = readRecording(path);
  const command = words.length === 0 ? recording.header.command : commandOf(words);
  const directory = mkdtempSync(join(tmpdir(), 'outpost-replay-'));
  const socket = join(directory, 'em');
  try {
    await using manager = await ReplayManager.start(socket, callsOf(recording.frames, 'extension→manager'));
    const extension = start(command, socket, flags.timeout);
    try {
      const timeoutMs = flags.timeout * 1000;
      const late = new Promise<string>(resolve =>
        setTimeout(resolve, timeoutMs, `it has not within ${flags.timeout} s`).unref(),
      );
      const uuid = await Promise.race([manager.registered, extension.ended, late]);
      if (typeof uuid === 'string')
        throw new OutpostError('REPLAY_UNREGISTERED', { command: command.join(' '), reason: uuid });
      await untilListening(`${socket}.${uuid}`, timeoutMs);
      const introduced = print(introduction(recording, manager));
      const calls = callsOf(recording.frames, 'manager→extension');
      const different = (await play(calls, `${socket}.${uuid}`, flags)) + (introduced ? 0 : 1);
      process.stdout.write(
        `${calls.length} calls replayed; ${different === 0 ? 'nothing differs' : `${different} differ`}.\n`,
      );
      return different === 0 ? 0 : 1;
    } finally {
      await extension.stop();
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
};
