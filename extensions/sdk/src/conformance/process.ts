import { type ChildProcess, spawn } from 'node:child_process';

/** How much of what an extension prints is kept, in characters. */
const keptCharacters = 4000;

/** The process of an extension under trial, in a process group of its own. */
export class ExtensionProcess {
  /** Resolves with how it ended, in words. */
  readonly ended: Promise<string>;
  readonly #child: ChildProcess;
  #ending: string | undefined;
  #stderr = '';

  constructor([file = '', ...args]: readonly string[], environment: NodeJS.ProcessEnv) {
    this.#child = spawn(file, args, { detached: true, stdio: ['ignore', 'ignore', 'pipe'], env: environment });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-keptCharacters);
    });
    const { promise, resolve } = Promise.withResolvers<string>();
    this.#child.on('error', error => resolve(`it cannot be started: ${error.message}`));
    this.#child.on('exit', (code, signal) =>
      resolve(signal === null ? `it ended with exit code ${code}` : `it was ended by ${signal}`),
    );
    this.ended = promise;
    void promise.then(ending => {
      this.#ending = ending;
    });
  }

  /** How it ended; undefined while it runs. */
  get ending(): string | undefined {
    return this.#ending;
  }

  /** The end of what it printed on standard error. */
  get stderr(): string {
    return this.#stderr.trim();
  }

  /** Sends a signal to the program and whatever it started. */
  signal(signal: NodeJS.Signals): void {
    const { pid } = this.#child;
    if (pid === undefined || this.#ending !== undefined) return;
    try {
      process.kill(-pid, signal);
    } catch {
      return; // it has just ended
    }
  }

  /** Kills what is left and waits for it. */
  async kill(): Promise<void> {
    const { pid } = this.#child;
    if (pid === undefined) return;
    try {
      process.kill(-pid, 'SIGKILL'); // also what the program left behind
    } catch {
      // nobody is left
    }
    await this.ended;
  }
}
