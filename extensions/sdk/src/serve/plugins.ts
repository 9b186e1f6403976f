import type { HostHooks, PluginHandler } from '../answer.ts';
import { hostPlugin, type PluginDefinition, registryOf } from '../plugin.ts';

/** A plugin and the handler of its requests. */
export interface HostedPlugin {
  readonly definition: PluginDefinition;
  readonly handler: PluginHandler;
}

/** What names a plugin; a definition does. */
export type PluginName = Pick<PluginDefinition, 'kind' | 'name'>;

/** The plugins that an extension has now. */
export class Plugins {
  readonly #hooks: HostHooks;
  #hosted = new Map<string, Map<string, HostedPlugin>>();

  constructor(definitions: readonly PluginDefinition[], hooks: HostHooks) {
    this.#hooks = hooks;
    this.add(definitions);
  }

  /** All of them. */
  get definitions(): readonly PluginDefinition[] {
    return [...this.#hosted.values()].flatMap(items => [...items.values()].map(({ definition }) => definition));
  }

  /** Whether there is a plugin of the registry. */
  has(registry: string): boolean {
    return this.#hosted.has(registry);
  }

  get(registry: string, name: string): HostedPlugin | undefined {
    return this.#hosted.get(registry)?.get(name);
  }

  /** Adds plugins, in the place of those that have their names. */
  add(definitions: readonly PluginDefinition[]): void {
    for (const definition of definitions) {
      const registry = registryOf(definition);
      const items = this.#hosted.get(registry) ?? new Map<string, HostedPlugin>();
      this.#hosted.set(registry, items.set(definition.name, this.#host(definition)));
    }
  }

  /** Takes plugins out; those that are not there are passed over. */
  remove(names: readonly PluginName[]): void {
    for (const name of names) this.#hosted.get(registryOf(name))?.delete(name.name);
  }

  /** Makes exactly these the plugins again, as after a change that was refused. */
  restore(definitions: readonly PluginDefinition[]): void {
    this.#hosted = new Map();
    this.add(definitions);
  }

  #host(definition: PluginDefinition): HostedPlugin {
    return { definition, handler: hostPlugin(definition, this.#hooks) };
  }
}
