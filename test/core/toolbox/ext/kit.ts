import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { repositoryFile } from '../../../integration/harness.ts';

/** What a command said and how it ended. */
export interface Said {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command to its end, on this test's Node. */
export const run = (cwd: string, [command, ...words]: readonly [string, ...string[]]): Said => {
  const PATH = [dirname(process.execPath), process.env.PATH].join(':');
  const { NODE_TEST_CONTEXT: _ours, ...environment } = process.env; // a test that starts tests
  const { status, stdout, stderr, error } = spawnSync(command, words, {
    cwd,
    encoding: 'utf8',
    timeout: 110_000,
    env: { ...environment, PATH },
  });
  return { status, stdout, stderr: `${error?.message ?? ''}${stderr}` };
};

/** Runs `outpost ext …` as an author does, in a directory outside the repository. */
export const ext = (cwd: string, ...words: readonly string[]): Said =>
  run(cwd, [repositoryFile('core', 'bin', 'outpost.mjs'), 'ext', ...words]);

/** A directory of an author, outside the repository. */
export const authorsDirectory = (context: { after(end: () => void): void }): string => {
  const directory = mkdtempSync(join(tmpdir(), 'outpost-author-'));
  context.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
};

/** Why a test is skipped that needs tools which this machine lacks; false when it runs. In continuous integration it must. */
export const skipWithout = (...tools: readonly (readonly [string, ...string[]])[]): string | false => {
  const missing = tools.filter(([tool, ...words]) => spawnSync(tool, words, { stdio: 'ignore' }).status !== 0);
  const names = missing.map(([tool]) => tool).join(', ');
  return missing.length > 0 && process.env.CI !== 'true' && `the template cannot be tried: ${names} cannot be run here`;
};
