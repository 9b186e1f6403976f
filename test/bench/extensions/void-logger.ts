// A logger in a process of its own that does nothing with its lines: `void2`, or `void1` when the first argument is 1.
import { defineLogger, serve } from '@outpost/sdk';

const [version = '', ...argv] = process.argv.slice(2);
const protocol = version === '1' ? 1 : 2;
const name = `void${protocol}`;
const logger = defineLogger({
  name,
  description: 'Takes lines and forgets them.',
  logString: () => undefined,
  logBatch: () => undefined,
});

await serve([logger], { name, argv, protocol });
