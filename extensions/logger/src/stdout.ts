import { defineLogger, type LoggerDefinition } from '@outpost/sdk';

/** Standard output, one write at a time: one that its reader does not take is not added to, so that nothing piles up here. */
class StandardOutput {
  #busy = false;
  #listening = false;

  /** Writes a text. @throws Error when the reader is gone, or has not taken what it was given before */
  readonly write = (text: string): Promise<void> => {
    this.#listen();
    if (this.#busy)
      return Promise.reject(new Error('Standard output is not read: what was written last is still there'));
    this.#busy = true;
    return new Promise((resolve, reject) =>
      process.stdout.write(text, error => {
        this.#busy = false;
        if (error) reject(error);
        else resolve();
      }),
    );
  };

  /** A reader that goes away fails the write; as an event of its own it would end the process. */
  #listen(): void {
    if (this.#listening) return;
    this.#listening = true;
    process.stdout.on('error', () => undefined);
  }
}

/** The logger `stdout`: each line on standard output, as osquery's does. */
export function stdoutLogger(write: (text: string) => Promise<void> = new StandardOutput().write): LoggerDefinition {
  return defineLogger({
    name: 'stdout',
    description: 'Writes all log lines to standard output.',
    logString: line => write(`${line}\n`),
    logBatch: lines => write(lines.map(line => `${line}\n`).join('')),
    logStatus: statuses =>
      write(
        statuses
          .map(
            ({ severity, file, line, message }) => `severity=${severity} location=${file}:${line} message=${message}\n`,
          )
          .join(''),
      ),
  });
}
