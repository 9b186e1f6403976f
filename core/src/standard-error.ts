/** How many characters wait for the reader of standard error before lines are dropped. */
const limit = 1024 * 1024;

let listening = false;
let dropped = 0;

/** Writes to standard error. Without a reader, or with one that does not read, lines are dropped and counted, and the process goes on. */
export const writeStandardError = (text: string): void => {
  const { stderr } = process;
  if (!listening) {
    listening = true;
    stderr.on('error', () => undefined);
  }
  if (stderr.destroyed || stderr.writableLength > limit) {
    dropped += 1;
    return;
  }
  if (dropped > 0) stderr.write(`${dropped} lines were dropped here: standard error was not read.\n`);
  dropped = 0;
  stderr.write(text);
};
