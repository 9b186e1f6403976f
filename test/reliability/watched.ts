import { readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import type { Sandbox } from '../integration/harness.ts';
import type { Replayed } from '../integration/replay.ts';

/** The directory that is watched. */
export const watched = 'watched';

/** Changes the directory: files come, grow and go. */
export const disturb = (sandbox: Sandbox, random: (bound: number) => number): void => {
  const path = sandbox.path(watched, `f${random(12)}`);
  if (random(3) === 0) rmSync(path, { force: true });
  else writeFileSync(path, 'x'.repeat(random(1000)));
};

/** The files of the directory and their sizes. */
export const onDisk = (sandbox: Sandbox): string[] =>
  readdirSync(sandbox.path(watched))
    .map(file => `${file} ${statSync(sandbox.path(watched, file)).size}`)
    .toSorted();

/** The same as the log has it. */
export const inLog = ({ rows }: Replayed): string[] => rows.map(row => `${row.filename} ${row.size}`).toSorted();
