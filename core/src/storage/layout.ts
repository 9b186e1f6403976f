import { OutpostError } from '@outpost/protocol';
import type { Backend, Change } from './backend.ts';
import { encodeKey } from './keys.ts';
import { packText, unpackText } from './values.ts';

/** Changes what is stored from one version of the layout to the next. */
export type Migration = (backend: Backend) => Promise<readonly Change[]>;

/** The migrations in order; the version of the layout is how many there are and one. A migration never changes once it was released. */
export const migrations: readonly Migration[] = [];

const versionKey = encodeKey('meta', 'version');
const versionChange = (version: number): Change => ({
  type: 'put',
  key: versionKey,
  value: packText(String(version)),
});

async function isEmpty(backend: Backend): Promise<boolean> {
  const all = { from: Uint8Array.of(), exclusive: false, to: Uint8Array.of(0xff) };
  return (await backend.entries({ ...all, limit: 1, values: false })).length === 0;
}

/** The version of what is stored: that of a fresh database is ours; one without a version is of the first. */
async function storedVersion(backend: Backend, ours: number): Promise<number> {
  const bytes = await backend.get(versionKey);
  if (bytes !== undefined) return Number(unpackText(bytes));
  return (await isEmpty(backend)) ? ours : 1;
}

/**
 * Brings a database to the layout of this version of the agent. Each step is one atomic batch with its version, so that one that was
 * interrupted is taken up where it stopped.
 * @throws OutpostError STORE_NEWER when a later version of the agent wrote it
 */
export async function bringUpToDate(path: string, backend: Backend, steps = migrations): Promise<void> {
  const ours = steps.length + 1;
  const found = await storedVersion(backend, ours);
  if (!(found <= ours)) throw new OutpostError('STORE_NEWER', { path, found, ours });
  if (found === ours) return backend.write([versionChange(ours)], false);
  for (const [index, step] of steps.entries())
    if (index + 1 >= found) await backend.write([...(await step(backend)), versionChange(index + 2)], false);
}
