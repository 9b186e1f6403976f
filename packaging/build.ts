// `npm run build [FILE]`: builds the agent in one executable, dist/outpost unless told.
import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build as buildNative } from '../core/native/build.mjs';
import { buildExecutable } from './executable.ts';
import { dist } from './paths.ts';

const output = resolve(process.argv[2] ?? join(dist, 'outpost'));
buildNative();
await buildExecutable(output);
console.log(`${output}: ${(statSync(output).size / 2 ** 20).toFixed(1)} MiB`);
