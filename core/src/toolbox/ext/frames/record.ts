import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ExtensionManagerClient, unixEndpoint } from '@outpost/protocol';
import { commandOf, extensionEnvironment } from '../program.ts';
import { FrameRecorder } from './recorder.ts';
import { RecordingWriter } from './recording.ts';
import { Redactor } from './redact.ts';

/** What `outpost ext record` is told. */
export interface RecordFlags {
  readonly output: string;
  readonly redact?: readonly string[];
}

/** How long an extension may take to end once it was told to, in milliseconds. */
const endMs = 5000;

/** Prints a line about the recording. */
const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** Runs the extension at a socket to its end, or to ours. @returns its exit code */
const runAt = async ([file = '', ...args]: readonly string[], socket: string): Promise<number> => {
  const child = spawn(file, [...args, '--socket', socket, '--timeout', '10'], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: extensionEnvironment(),
  });
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  child.on('error', reject);
  child.on('exit', code => resolve(code ?? 0));
  let timer: NodeJS.Timeout | undefined;
  const end = (): void => {
    child.kill('SIGTERM');
    timer ??= setTimeout(() => child.kill('SIGKILL'), endMs);
  };
  process.on('SIGINT', end);
  process.on('SIGTERM', end);
  return promise.finally(() => {
    clearTimeout(timer);
    process.off('SIGINT', end);
    process.off('SIGTERM', end);
  });
};

/** @throws OutpostError SOCKET_NOT_AVAILABLE */
const checkAgent = async (socket: string): Promise<void> => {
  using client = await ExtensionManagerClient.connect(unixEndpoint(socket), { timeoutMs: endMs });
  await client.ping();
};

/**
 * `outpost ext record`: runs an extension under the agent at a socket, and writes down what the two say to each other.
 * @returns the exit code of the extension
 * @throws OutpostError SOCKET_NOT_AVAILABLE when there is no agent, RECORDING_UNWRITABLE
 */
export const recordExtension = async (
  words: readonly string[],
  socket: string,
  { output, redact = [] }: RecordFlags,
): Promise<number> => {
  const command = commandOf(words);
  await checkAgent(socket);
  const directory = mkdtempSync(join(tmpdir(), 'outpost-record-'));
  const writer = new RecordingWriter(output, command, redact);
  const ownSocket = join(directory, 'em');
  try {
    const redactor = new Redactor(redact);
    await using _recorder = await FrameRecorder.start({ managerSocket: socket, ownSocket, writer, redactor, say });
    return await runAt(command, ownSocket);
  } finally {
    rmSync(directory, { recursive: true, force: true });
    say(`${output} has ${writer.count} messages.`);
  }
};
