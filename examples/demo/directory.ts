import { join } from 'node:path';

/** Where the demonstration keeps everything that it writes. */
export const demoDirectory = process.env.OUTPOST_DEMO ?? join(import.meta.dirname, '..', '..', 'data', 'demo');

/** The paths in it. */
export const demoPaths = {
  socket: join(demoDirectory, 'outpost.em'),
  database: join(demoDirectory, 'outpost.db'),
  pidfile: join(demoDirectory, 'outpostd.pid'),
  autoload: join(demoDirectory, 'extensions.load'),
  results: join(demoDirectory, 'results.log'),
  status: join(demoDirectory, 'status.log'),
  spool: join(demoDirectory, 'spool'),
  watched: join(demoDirectory, 'watched'),
} as const;
