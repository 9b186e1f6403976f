// Installs the packages of examples that have some of their own, which `npm ci` at the root leaves out, unless they are there already.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, rmdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
/** How long an installation may take, milliseconds; a lock that is older was left behind. */
const limitMs = 300_000;

const isStale = (lock: string): boolean => {
  try {
    return Date.now() - statSync(lock).mtimeMs > limitMs;
  } catch {
    return false; // it has just been given back
  }
};

/** Lets one process in at a time, since test files run side by side. */
const exclusively = async (lock: string, work: () => void): Promise<void> => {
  for (;;) {
    try {
      mkdirSync(lock);
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      if (isStale(lock)) rmdirSync(lock);
      else await delay(100);
    }
  }
  try {
    work();
  } finally {
    rmdirSync(lock);
  }
};

const install = (directory: string): void => {
  const digest = createHash('sha256')
    .update(readFileSync(join(directory, 'package-lock.json')))
    .digest('hex');
  const stamp = join(directory, 'node_modules', '.installed-from');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return;
  const words = ['ci', '--no-audit', '--no-fund', '--loglevel=error'];
  const { status, error, stderr } = spawnSync('npm', words, { cwd: directory, encoding: 'utf8', timeout: limitMs });
  if (status !== 0) throw new Error(`npm ci in ${directory} failed: ${error?.message ?? stderr}`);
  writeFileSync(stamp, digest);
};

/** Installs what is missing. */
export const installExamples = async (): Promise<void> => {
  for (const file of globSync('examples/*/package-lock.json', { cwd: root })) {
    const directory = join(root, dirname(file));
    await exclusively(join(directory, '.installing'), () => install(directory));
  }
};

if (import.meta.main) await installExamples();
