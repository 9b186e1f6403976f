import type { Sink } from '../../../core/src/shell/output.ts';
import { SqlError } from '../../../core/src/shell/result.ts';
import { type Invocation, runShell } from '../../../core/src/shell/run-shell.ts';
import type { RemoteSource, ShellHost } from '../../../core/src/shell/shell.ts';
import { EngineSource } from '../../../core/src/shell/source/local.ts';
import { fakeEngine } from './fake-engine.ts';

/** A sink that keeps what it gets. */
export class MemorySink implements Sink {
  bytes = '';
  write(bytes: string): void {
    this.bytes += bytes;
  }
  flush(): void {
    // Nothing waits.
  }
  get buffer(): Buffer {
    return Buffer.from(this.bytes, 'latin1');
  }
  get text(): string {
    return this.buffer.toString();
  }
}

/** What a run of the shell left behind. */
export interface ShellRun {
  readonly exit: number;
  readonly stdout: MemorySink;
  readonly stderr: MemorySink;
}

/** What a run may be given besides arguments. */
export interface RunOptions {
  readonly name?: string;
  readonly stdin?: string;
  readonly environment?: NodeJS.ProcessEnv;
  readonly openLocal?: ShellHost['openLocal'];
  readonly openRemote?: (path: string) => Promise<RemoteSource>;
}

async function* linesIn(text: string): AsyncIterable<string> {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  yield* lines;
}

/** Runs the shell in this process, on a SQLite without tables unless told otherwise. */
export const runInProcess = async (argv: readonly string[], options: RunOptions = {}): Promise<ShellRun> => {
  const stdout = new MemorySink();
  const stderr = new MemorySink();
  const openLocal: ShellHost['openLocal'] = async flags => new EngineSource(fakeEngine(flags));
  const openRemote: ShellHost['openRemote'] = async socketPath => ({
    socketPath,
    query: () => Promise.reject(new SqlError('Extension call failed: connect() failed: No such file or directory', 1)),
    columns: () => Promise.reject(new SqlError('Extension call failed', 1)),
    close: async () => undefined,
  });
  const host: ShellHost = {
    stdout,
    stderr,
    stdinIsTerminal: false,
    stdoutIsTerminal: false,
    environment: options.environment ?? { HOME: '/nonexistent' },
    stdinLines: () => linesIn(options.stdin ?? ''),
    openLocal: options.openLocal ?? openLocal,
    openRemote: options.openRemote ?? openRemote,
  };
  const invocation: Invocation = { name: options.name ?? 'osqueryi', argv };
  return { exit: await runShell(invocation, host), stdout, stderr };
};
