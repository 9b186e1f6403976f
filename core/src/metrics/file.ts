import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { reasonOf } from '../reason.ts';
import type { Speaker } from '../speaker.ts';
import type { Metrics } from './metrics.ts';
import { openMetricsText } from './open-metrics.ts';

/** Puts a text in the place of a file. The new file is made afresh, so that no link that somebody put there is followed. */
const replace = (path: string, text: string): void => {
  const partial = `${path}.${process.pid}`;
  try {
    rmSync(partial, { force: true });
    writeFileSync(partial, text, { flag: 'wx', mode: 0o644 });
    renameSync(partial, path);
  } finally {
    rmSync(partial, { force: true });
  }
};

/**
 * Writes the figures to a file again and again, each time whole: a reader sees the old text or the new one.
 * @param path where; the directory must be there
 * @returns a function that ends it
 */
export const writeMetrics = (metrics: Metrics, path: string, everySeconds: number, status: Speaker): (() => void) => {
  let failing = false;
  const write = (): void => {
    try {
      replace(path, openMetricsText(metrics.read()));
      failing = false;
    } catch (error) {
      const advice = 'The directory must exist, and this user must be allowed to write there.';
      if (!failing)
        status.warning('metrics', `The file of --metrics_file cannot be written: ${reasonOf(error)}. ${advice}`);
      failing = true;
    }
  };
  write();
  const timer = setInterval(write, Math.max(1, everySeconds) * 1000).unref();
  return () => clearInterval(timer);
};
