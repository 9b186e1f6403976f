import { renameSync, rmSync, writeFileSync } from 'node:fs';
import type { Speaker } from '../speaker.ts';
import type { Metrics } from './metrics.ts';
import { openMetricsText } from './open-metrics.ts';

/**
 * Writes the figures to a file again and again, each time whole: a reader sees the old text or the new one.
 * @param path where; the directory must be there
 * @returns a function that ends it
 */
export const writeMetrics = (metrics: Metrics, path: string, everySeconds: number, status: Speaker): (() => void) => {
  let failing = false;
  const write = (): void => {
    const partial = `${path}.${process.pid}`;
    try {
      writeFileSync(partial, openMetricsText(metrics.read()), { mode: 0o644 });
      renameSync(partial, path);
      failing = false;
    } catch (error) {
      rmSync(partial, { force: true });
      if (!failing)
        status.warning('metrics', `The file of --metrics_file cannot be written: ${(error as Error).message}`);
      failing = true;
    }
  };
  write();
  const timer = setInterval(write, Math.max(1, everySeconds) * 1000).unref();
  return () => clearInterval(timer);
};
