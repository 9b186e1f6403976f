import { open } from 'node:fs/promises';
import { defineLogger } from '@outpost/sdk';

const path = (): string => process.env.EXAMPLE_NAME_FILE ?? '/tmp/example-name.log';

/** Returns once the disk has the lines: a line counts as delivered when the logger has returned. */
async function append(lines: readonly string[]): Promise<void> {
  await using file = await open(path(), 'a', 0o600);
  await file.appendFile(lines.map(line => `${line}\n`).join(''));
  await file.datasync();
}

/** --logger_plugin=example_name */
export const exampleName = defineLogger({
  name: 'example_name',
  description: 'Appends each line of results to a file.',
  logString: line => append([line]),
  logBatch: append,
});
