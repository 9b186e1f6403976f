import { OutpostError } from '@outpost/protocol';
import type { Core } from '../agent/core.ts';
import { listOf } from '../flags/index.ts';

/** How long a wait goes on before it looks whether the agent has been asked to end, milliseconds. */
const sliceMs = 200;

/** Waits in slices. @throws the signal's reason when it aborts */
const inSlices = async (
  wait: (timeoutMs: number) => Promise<boolean>,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<boolean> => {
  const deadline = performance.now() + timeoutMs;
  for (let left = timeoutMs; ; left = deadline - performance.now()) {
    if (await wait(Math.max(0, Math.min(sliceMs, left)))) return true;
    signal?.throwIfAborted();
    if (left <= sliceMs) return false;
  }
};

/**
 * Makes the plugins that a flag names the active ones of their registry, waiting for those that an extension brings.
 * @param signal gives up waiting
 * @returns their names
 * @throws OutpostError PLUGIN_NOT_ACTIVATED when one has not come within `--extensions_timeout`; the signal's reason
 */
export const activate = async (
  core: Core,
  registry: 'config' | 'logger' | 'distributed',
  flag: string,
  signal?: AbortSignal,
): Promise<readonly string[]> => {
  const names = listOf(flag);
  const timeoutMs = core.manager === undefined ? 0 : Number(core.flags.get('extensions_timeout')) * 1000;
  const there = await Promise.all(names.map(name => usable(core, registry, name, timeoutMs, signal)));
  const absent = names.filter((_, index) => there[index] === false);
  if (names.length === 0 || absent.length > 0) {
    const reason = names.length === 0 ? 'none is named' : absenceOf(core, registry, absent);
    throw new OutpostError('PLUGIN_NOT_ACTIVATED', { registry, name: flag, reason });
  }
  core.registry.setActive(registry, flag);
  return names;
};

const absenceOf = (core: Core, registry: string, absent: readonly string[]): string => {
  const known = core.registry.list().flatMap(entry => (entry.registry === registry ? [entry.name] : []));
  const unknown = absent.filter(name => !known.includes(name));
  return unknown.length === 0
    ? `The extension that serves it does not answer: ${absent.join(', ')}`
    : `Unknown registry plugin: ${unknown.join(', ')} (there are: ${known.join(', ')})`;
};

/** Waits until a plugin is there and, where an extension serves it, until that one answers. */
const usable = async (
  { registry: plugins, manager }: Core,
  registry: string,
  name: string,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<boolean> => {
  const began = performance.now();
  if (!(await inSlices(ms => plugins.waitFor(registry, name, ms), timeoutMs, signal))) return false;
  const owner = plugins.ownerOf(registry, name) ?? 0;
  if (manager === undefined || owner === 0) return true;
  const left = Math.max(1, timeoutMs - (performance.now() - began));
  return inSlices(ms => manager.waitForUuid(owner, ms), left, signal);
};

/** Why an extension was refused, and what its program wrote last: that is known by the name of its file, or is the only one. */
const lastWords = ({ processes, manager }: Core, extension: string): string => {
  const { all, logs } = processes;
  const own = all.find(({ name }) => name === extension) ?? (all.length === 1 ? all[0] : undefined);
  const refused = manager?.refusals.sentenceAbout({ extension }) ?? '';
  return own === undefined && refused === '' ? '' : `.${refused}${own === undefined ? '' : logs.quoteLast(own.name)}`;
};

/** Waits for the extensions of `--extensions_require`; says which have not come within `--extensions_timeout`. */
export const awaitRequired = async (core: Core, signal: AbortSignal): Promise<void> => {
  const names = listOf(core.flags.get('extensions_require'));
  const timeoutMs = Number(core.flags.get('extensions_timeout')) * 1000;
  const manager = core.manager;
  if (manager === undefined) return;
  const there = await Promise.all(
    names.map(name => inSlices(ms => manager.waitForExtension(name, ms), timeoutMs, signal)),
  );
  names.forEach((name, index) => {
    if (there[index] === false)
      core.status.warning('extensions', `Required extension not found or not loaded: ${name}${lastWords(core, name)}`);
  });
};
