import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Core } from '../../../agent/core.ts';
import { complain, hostOfProcess, runOn } from '../../../shell/main.ts';
import type { ShellHost } from '../../../shell/shell.ts';
import type { FrameRecorder } from '../frames/recorder.ts';
import { RecordingWriter } from '../frames/recording.ts';
import { Redactor } from '../frames/redact.ts';
import { LiveExtension } from './live-extension.ts';
import { ProgramSources } from './sources.ts';

/** What `outpost ext run` is told. */
export interface RunFlags {
  /** SQL to run instead of a prompt. */
  readonly query?: string;
  readonly json?: boolean;
  readonly verbose?: boolean;
  /** Where to write down what agent and extension say. */
  readonly record?: string;
  readonly redact?: readonly string[];
}

/** Prints lines beside a prompt: above it, when there is one. */
class Screen {
  #redraw: (() => void) | undefined;

  readonly onPrompt = (redraw: (() => void) | undefined): void => {
    this.#redraw = redraw;
  };

  readonly say = (line: string): void => {
    if (this.#redraw !== undefined) process.stdout.write('\r\u001b[K');
    complain(`${line}\n`);
    this.#redraw?.();
  };
}

const waitSeconds = 10;

/** What is recorded, and where. */
interface Recordings {
  readonly writer: RecordingWriter;
  readonly redactor: Redactor;
}

/** Begins the recording that is wanted, if one is. @throws OutpostError RECORDING_UNWRITABLE */
const recordingOf = ({ plainCommand }: ProgramSources, { record, redact = [] }: RunFlags): Recordings | undefined =>
  record === undefined
    ? undefined
    : { writer: new RecordingWriter(record, plainCommand, redact), redactor: new Redactor(redact) };

/** Stands between agent and extension. */
const recorderFor = async (
  recording: Recordings | undefined,
  managerSocket: string,
  say: (line: string) => void,
): Promise<FrameRecorder | undefined> => {
  if (recording === undefined) return undefined;
  const { FrameRecorder } = await import('../frames/recorder.ts');
  const ownSocket = managerSocket.replace(/em$/, 'recorded');
  return FrameRecorder.start({ managerSocket, ownSocket, ...recording, say });
};

/** A host of a shell whose engine has the extension beside it. */
const hostWith = (program: ProgramSources, run: RunFlags): ShellHost => {
  const screen = new Screen();
  const recording = recordingOf(program, run);
  const beside = async ({ manager, flags }: Core): Promise<{ stop(): Promise<void> }> => {
    if (manager === undefined) throw new Error('The engine was opened without a socket for extensions.');
    const recorder = await recorderFor(recording, manager.socketPath, screen.say);
    const live = new LiveExtension(program, {
      manager,
      recorder,
      socket: recorder?.ownSocket ?? manager.socketPath,
      timeoutSeconds: waitSeconds,
      intervalSeconds: Number(flags.get('extensions_interval')),
      verbose: run.verbose ?? false,
      say: screen.say,
    });
    await live.start();
    return {
      stop: async () => {
        await live.stop();
        await recorder?.[Symbol.asyncDispose]();
      },
    };
  };
  return {
    ...hostOfProcess(),
    onPrompt: screen.onPrompt,
    openLocal: async flags => {
      const { openEngineSource } = await import('../../../shell/source/open.ts');
      return openEngineSource(flags, complain, beside);
    },
  };
};

/**
 * `outpost ext run`: runs an extension under an agent of its own, in this process, with a prompt, and starts it anew when one of its
 * files changes.
 * @param words the file and its arguments
 * @returns the exit code, that of the shell
 * @throws OutpostError EXTENSION_FILE_MISSING, EXTENSION_FILE_NOT_RUNNABLE
 */
export const runExtension = async (words: readonly string[], flags: RunFlags): Promise<number> => {
  const directory = mkdtempSync(join(tmpdir(), 'outpost-run-'));
  try {
    const program = new ProgramSources(words, join(directory, 'imports'));
    const argv = [
      '--flagfile=',
      '--disable_extensions=false',
      `--extensions_socket=${join(directory, 'em')}`,
      ...(flags.json ? ['--json'] : []),
      ...(flags.query === undefined ? [] : [`--query=${flags.query}`]),
    ];
    return await runOn({ name: 'outposti', argv }, hostWith(program, flags));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
};
