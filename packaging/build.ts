// `npm run build`: builds dist/outpost, the agent in one executable.
import { statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { buildExecutable } from './executable.ts';
import { dist, root } from './paths.ts';

const output = join(dist, 'outpost');
await buildExecutable(output);
console.log(`${relative(root, output)}: ${(statSync(output).size / 2 ** 20).toFixed(1)} MiB`);
