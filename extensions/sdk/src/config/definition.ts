import type { PluginContext } from '../answer.ts';
import { checkPlugin, seal } from '../definition.ts';

/** Configuration by source: each name (a path, a URL) with its JSON text. The core merges them in the order of the names. */
export type ConfigSources = Readonly<Record<string, string>>;

/** What a config plugin's author writes. */
export interface ConfigSpec {
  /** The value of `--config_plugin` that chooses this plugin. */
  readonly name: string;
  /** One sentence: where the configuration comes from. */
  readonly description: string;
  /** Fetches the configuration. A failure keeps the one the core has. */
  genConfig(context: PluginContext): ConfigSources | Promise<ConfigSources>;
  /** Fetches a pack that the configuration names by `value`; gives the pack's JSON text. */
  genPack?(name: string, value: string, context: PluginContext): string | Promise<string>;
}

/** A config plugin, checked: made by {@link defineConfig} only. */
export interface ConfigDefinition extends ConfigSpec {
  readonly kind: 'config';
}

/**
 * Defines a plugin that the core fetches its configuration from.
 *
 * @throws OutpostError DEFINITION_INVALID, naming every fault at once.
 */
export function defineConfig(spec: ConfigSpec): ConfigDefinition {
  checkPlugin('config', spec, { required: ['genConfig'], optional: ['genPack'] });
  const { name, description } = spec;
  return seal<ConfigDefinition>({
    kind: 'config',
    name,
    description,
    genConfig: context => spec.genConfig(context),
    ...(spec.genPack && { genPack: (...call) => spec.genPack?.(...call) ?? '' }),
  });
}
