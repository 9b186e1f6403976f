import { OutpostError } from '@outpost/protocol';
import { listOf } from '../agent/bundled.ts';
import type { Core } from '../agent/core.ts';

/**
 * Makes the plugins that a flag names the active ones of their registry, waiting for those that an extension brings.
 * @returns their names
 * @throws OutpostError PLUGIN_NOT_ACTIVATED when one has not come within `--extensions_timeout`
 */
export const activate = async (
  core: Core,
  registry: 'config' | 'logger' | 'distributed',
  flag: string,
): Promise<readonly string[]> => {
  const names = listOf(flag);
  const timeoutMs = core.manager === undefined ? 0 : Number(core.flags.get('extensions_timeout')) * 1000;
  const there = await Promise.all(names.map(name => usable(core, registry, name, timeoutMs)));
  const absent = names.filter((_, index) => there[index] === false);
  if (names.length === 0 || absent.length > 0) {
    const known = core.registry.list().flatMap(entry => (entry.registry === registry ? [entry.name] : []));
    const reason =
      names.length === 0
        ? 'none is named'
        : `Unknown registry plugin: ${absent.join(', ')} (there are: ${known.join(', ')})`;
    throw new OutpostError('PLUGIN_NOT_ACTIVATED', { registry, name: flag, reason });
  }
  core.registry.setActive(registry, flag);
  return names;
};

/** Waits until a plugin is there and, where an extension serves it, until that one answers. */
const usable = async (
  { registry: plugins, manager }: Core,
  registry: string,
  name: string,
  timeoutMs: number,
): Promise<boolean> => {
  const began = performance.now();
  if (!(await plugins.waitFor(registry, name, timeoutMs))) return false;
  const owner = plugins.ownerOf(registry, name);
  const extension = manager?.extensions().find(({ uuid }) => uuid === owner);
  if (manager === undefined || extension === undefined) return true;
  return manager.waitForExtension(extension.name, Math.max(1, timeoutMs - (performance.now() - began)));
};

/** Waits for the extensions of `--extensions_require`; says which have not come within `--extensions_timeout`. */
export const awaitRequired = async (core: Core): Promise<void> => {
  const names = listOf(core.flags.get('extensions_require'));
  const timeoutMs = Number(core.flags.get('extensions_timeout')) * 1000;
  const manager = core.manager;
  if (manager === undefined) return;
  const there = await Promise.all(names.map(name => manager.waitForExtension(name, timeoutMs)));
  names.forEach((name, index) => {
    if (there[index] === false)
      core.status.warning('extensions', `Required extension not found or not loaded: ${name}`);
  });
};
