#!/usr/bin/env node
import { open } from 'node:fs/promises';
import { defineLogger, serve } from '@outpost/sdk';

const path = process.env.LOGGER_FILE ?? '/tmp/outpost-results.log';

/** Appends and does not return before the disk has it: only then is a line delivered. */
async function append(lines: readonly string[]): Promise<void> {
  await using file = await open(path, 'a', 0o600);
  await file.appendFile(lines.map(line => `${line}\n`).join(''));
  await file.datasync();
}

/** --logger_plugin=file_example */
export const fileLogger = defineLogger({
  name: 'file_example',
  description: 'Appends every line to one file.',
  logString: line => append([line]),
  logBatch: append,
  logStatus: statuses => append(statuses.map(({ severity, message }) => JSON.stringify({ severity, message }))),
});

if (import.meta.main) await serve([fileLogger], { name: 'logger-file' });
