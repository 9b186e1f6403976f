import { isAbsolute, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { OutpostError } from '@outpost/protocol';
import { isPluginDefinition, type PluginDefinition } from '@outpost/sdk';
import { importModule, type ModuleNamespace } from '../runtime/modules.ts';
import { messageOf } from './answers.ts';

const isPath = (specifier: string): boolean => isAbsolute(specifier) || /^\.\.?\//.test(specifier);

async function load(specifier: string): Promise<ModuleNamespace> {
  try {
    return await importModule(isPath(specifier) ? pathToFileURL(resolve(specifier)).href : specifier);
  } catch (cause) {
    throw new OutpostError('PLUGIN_MODULE_UNLOADABLE', { specifier, reason: messageOf(cause) }, { cause });
  }
}

async function definitionsOf(module: ModuleNamespace, options: ModuleNamespace): Promise<unknown[]> {
  const { plugins } = module;
  if (typeof plugins !== 'function') return Object.values(module).flat();
  const made: unknown = await plugins(options);
  return Array.isArray(made) ? made : [made];
}

/**
 * Loads the plugins of a module, to run them in this process. A module exports its definitions, one by one or in arrays; one whose
 * plugins need options exports a function `plugins(options)` that returns the definitions, and then only those count.
 *
 * @param specifier the name of a package, a URL, or a path (absolute, or starting with `./` or `../`, from the working directory)
 * @throws OutpostError PLUGIN_MODULE_UNLOADABLE, PLUGIN_MODULE_EMPTY
 */
export async function loadPlugins(specifier: string, options: ModuleNamespace): Promise<PluginDefinition[]> {
  const module = await load(specifier);
  let found: unknown[];
  try {
    found = await definitionsOf(module, options);
  } catch (cause) {
    throw new OutpostError('PLUGIN_MODULE_UNLOADABLE', { specifier, reason: messageOf(cause) }, { cause });
  }
  const definitions = [...new Set(found.filter(isPluginDefinition))];
  if (definitions.length === 0) throw new OutpostError('PLUGIN_MODULE_EMPTY', { specifier });
  return definitions;
}
