// Programs that benchmarks start, and what a message to one costs.
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { Core } from '../../../core/src/agent/core.ts';
import { parseFlags, programOf } from '../../../core/src/flags/index.ts';
import { StatusLog } from '../../../core/src/status.ts';

/** A file of this folder. */
export const beside = (name: string): string => join(import.meta.dirname, name);

/** Starts a program that ends with this one's interest in it. */
export const start = (command: string, ...words: string[]): ChildProcessByStdio<Writable, Readable, null> =>
  spawn(command, words, { stdio: ['pipe', 'pipe', 'inherit'] });

/** A core whose extensions find it at a socket. */
export const openCore = async (socket: string): Promise<Core> => {
  const parsed = parseFlags(['--flagfile=', `--extensions_socket=${socket}`], programOf('outpostd', []));
  if (parsed.kind === 'exit') throw new Error('The flags of the benchmark are wrong.');
  const status = new StatusLog({ verbose: false, minStatus: 0, minStderr: 4, stderr: false });
  return Core.open(parsed.flags, status);
};

/** Milliseconds of a connection, a message, its echo by `echo.ts`, and the end. */
export const timeEcho = async (path: string, message: Buffer): Promise<number> => {
  const began = performance.now();
  const socket = connect({ path });
  socket.write(message);
  let left = message.length;
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    left -= chunk.length;
    if (left === 0) break; // leaving the loop closes the socket
  }
  return performance.now() - began;
};

/** Works in a directory that goes afterwards. */
export const withFolder = async <T>(work: (folder: string) => Promise<T>): Promise<T> => {
  const folder = mkdtempSync(join(tmpdir(), 'outpost-bench-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
