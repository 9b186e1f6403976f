// `node --predictable … write-code.ts FOLDER`: writes the agent's code, as assets of the executable, into a folder where bundle.json is.
// See executable.ts for the flags.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pack } from './pack.ts';

const folder = process.argv[2] ?? '';
const bundle = JSON.parse(readFileSync(join(folder, 'bundle.json'), 'utf8'));
const { index, chunks } = pack(bundle);
writeFileSync(join(folder, 'index'), index);
writeFileSync(join(folder, 'chunks'), chunks);
