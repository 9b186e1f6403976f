import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';

/** A socket that takes datagrams, as a service manager has one. */
export class DatagramReceiver {
  readonly #process: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  private constructor(process: ChildProcess) {
    this.#process = process;
    if (process.stdout === null) throw new Error('The receiver has no output.');
    this.#lines = createInterface({ input: process.stdout })[Symbol.asyncIterator]();
  }

  /** Builds the receiver and binds it. @param path of the socket, or an abstract name that begins with `@` */
  static async bind(context: TestContext, path: string): Promise<DatagramReceiver> {
    const folder = mkdtempSync(join(tmpdir(), 'outpost-receiver-'));
    const program = join(folder, 'receiver');
    const source = fileURLToPath(new URL('./datagram-receiver.c', import.meta.url));
    const built = spawnSync('cc', ['-D_GNU_SOURCE', '-o', program, source], { encoding: 'utf8' });
    if (built.status !== 0) throw new Error(built.stderr);
    const receiver = new DatagramReceiver(spawn(program, [path], { stdio: ['ignore', 'pipe', 'inherit'] }));
    context.after(() => {
      receiver.#process.kill('SIGKILL');
      rmSync(folder, { recursive: true });
    });
    await receiver.next();
    return receiver;
  }

  /** The next datagram, with `|` for each line break. */
  async next(): Promise<string> {
    const { done, value } = await this.#lines.next();
    if (done === true) throw new Error('The receiver has ended.');
    return value;
  }

  /** The next datagram that says something. */
  async until(pattern: RegExp): Promise<string> {
    for (;;) {
      const text = await this.next();
      if (pattern.test(text)) return text;
    }
  }
}
