import { createInterface, type Interface } from 'node:readline';
import { shellDirectory } from '../../flags/index.ts';
import type { Shell } from '../shell.ts';
import { complete } from './completion.ts';
import { historyLimit, loadHistory, saveHistory } from './history.ts';
import { InputReader, type LineOutcome } from './reader.ts';

/** The prompt: the program's family name, after a mark when SQL goes to another process; dots while a statement goes on. */
export const promptOf = (shell: Shell, pending: boolean): string => {
  const name = shell.flags.program.osquery ? 'osquery' : 'outpost';
  const text = pending ? '    ...> ' : `${shell.remote === undefined ? '' : '[*]'}${name}> `;
  const colourful = shell.host.environment.TERM?.includes('xterm-256color') === true;
  return colourful ? `\u001b[38;5;147m${text}\u001b[0m` : text;
};

const openInterface = (shell: Shell, directory: string): Interface =>
  createInterface({
    input: process.stdin,
    output: process.stdout,
    terminal: true,
    historySize: historyLimit,
    history: loadHistory(directory).reverse(),
    completer: (line: string, done: (error: Error | null, result?: [string[], string]) => void) => {
      complete(shell, line).then(
        ([candidates, word]) => done(null, [candidates, word]),
        () => done(null, [[], line]),
      );
    },
  });

/** Reads lines at a prompt until the person leaves. Lines typed while a statement runs wait for it. */
class Session {
  readonly #shell: Shell;
  readonly #reader: InputReader;
  readonly #terminal: Interface;
  readonly #ended = Promise.withResolvers<LineOutcome>();
  readonly #lines: string[] = [];
  #waiting: string[] = [];
  #busy = false;
  #closed = false;

  constructor(shell: Shell, terminal: Interface, history: readonly string[]) {
    this.#shell = shell;
    this.#reader = new InputReader(shell, true);
    this.#terminal = terminal;
    this.#lines.push(...history);
  }

  get lines(): readonly string[] {
    return this.#lines;
  }

  run(): Promise<LineOutcome> {
    this.#terminal.on('line', line => {
      if (line.trim() !== '' && line !== this.#lines.at(-1)) this.#lines.push(line);
      this.#waiting.push(line);
      void this.#work();
    });
    this.#terminal.on('SIGINT', () => this.#interrupt());
    // Without a listener readline would stop this process alone, and leave the terminal to nobody.
    this.#terminal.on('SIGTSTP', () => undefined);
    this.#terminal.on('close', () => {
      this.#closed = true;
      if (!this.#busy) this.#leave();
    });
    this.#shell.host.onPrompt?.(() => this.#redraw());
    this.#prompt();
    return this.#ended.promise;
  }

  #prompt(): void {
    this.#terminal.setPrompt(promptOf(this.#shell, this.#reader.pending));
    this.#terminal.prompt();
  }

  /** Puts prompt and line back below what was printed; while a statement runs there is none. */
  #redraw(): void {
    if (!this.#busy && !this.#closed) this.#terminal.prompt(true);
  }

  async #work(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    try {
      for (let line = this.#waiting.shift(); line !== undefined; line = this.#waiting.shift()) {
        const outcome = await this.#reader.line(line);
        if (outcome.kind === 'stop') return this.#ended.resolve(outcome);
      }
    } catch (error) {
      return this.#ended.reject(error);
    } finally {
      this.#busy = false;
    }
    if (this.#closed) this.#leave();
    else this.#prompt();
  }

  #interrupt(): void {
    if (this.#shell.running !== undefined) return this.#shell.running.abort();
    this.#waiting = [];
    this.#reader.forget();
    process.stdout.write('\n');
    Object.assign(this.#terminal, { line: '', cursor: 0 }); // a written Ctrl-U does nothing on a dumb terminal
    this.#prompt();
  }

  #leave(): void {
    process.stdout.write('\n');
    this.#ended.resolve({ kind: 'stop', exitCode: this.#reader.exitCode });
  }
}

/** Runs the shell at a terminal. @returns the exit code */
export const runInteractive = async (shell: Shell): Promise<number> => {
  const directory = shellDirectory(shell.flags.program);
  shell.print(`Tables of this machine as a ${shell.bold('virtual database')}. Need help, type '.help'\n`);
  shell.flush();
  void shell.local(); // so that the first statement does not wait for it
  const terminal = openInterface(shell, directory);
  const session = new Session(shell, terminal, loadHistory(directory));
  try {
    const outcome = await session.run();
    return outcome.kind === 'stop' ? outcome.exitCode : 0;
  } finally {
    shell.host.onPrompt?.(undefined);
    terminal.close();
    const fault = saveHistory(directory, session.lines);
    if (fault !== undefined) shell.complain(`The history is not kept: ${fault}.\n`);
  }
};
