import { OutpostError } from '@outpost/protocol';
import { messageOf } from '../answer.ts';

/** How long the process may live on after its extension has closed, in milliseconds: time to flush what is still written. */
const graceMs = 5000;

/** What ends with the process. */
interface Ending {
  readonly closed: Promise<void>;
  close(): Promise<void>;
}

/**
 * Closes the extension on SIGTERM and SIGINT, and lets the process end once it has closed: by itself when nothing else keeps it
 * alive, else after a few seconds. A second signal ends it at once.
 */
export function onTermination(extension: Ending): void {
  const stop = (): void => {
    void extension.close().catch(() => undefined); // `closed` below reports it
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  const finish = (): void => {
    process.off('SIGTERM', stop);
    process.off('SIGINT', stop);
    setTimeout(() => process.exit(), graceMs).unref();
  };
  extension.closed.then(finish, (error: unknown) => {
    console.error(messageOf(error));
    process.exitCode = 1;
    finish();
  });
}

/**
 * Has an error of {@link OutpostError} that is about to be thrown, and that nobody catches, end the process with its message and remedy
 * instead of a stack trace, which says nothing more to who started the program.
 */
export function sayUncaught(error: unknown): void {
  if (!(error instanceof OutpostError)) return;
  const say = (uncaught: unknown): void => {
    console.error(uncaught === error ? `${error.message} ${error.remedy}` : uncaught);
    process.exit(1);
  };
  process.on('uncaughtException', say);
  // Whoever catches it has done so by then.
  setImmediate(() => process.off('uncaughtException', say));
}
