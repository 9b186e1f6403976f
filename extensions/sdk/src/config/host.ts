import type { ExtensionResponse } from '@outpost/protocol';
import { failure, guarded, type HostHooks, type PluginHandler, success } from '../answer.ts';
import { pluginContext } from '../context.ts';
import { decodeConfigRequest, encodeConfigSources, encodePack } from './codec.ts';
import type { ConfigDefinition } from './definition.ts';

/** Answers a config plugin's requests: genConfig and genPack; update and option where the hooks serve them. */
export function hostConfig(definition: ConfigDefinition, hooks: HostHooks = {}): PluginHandler {
  return guarded(async (map, scope): Promise<ExtensionResponse> => {
    const request = decodeConfigRequest(map);
    const context = pluginContext(definition.name, hooks, scope);
    switch (request.action) {
      case 'genConfig':
        return success(encodeConfigSources(await definition.genConfig(context)));
      case 'genPack':
        if (definition.genPack === undefined) return failure('Not implemented');
        return success(encodePack(request.name, await definition.genPack(request.name, request.value, context)));
      case 'update':
        if (hooks.updateConfig === undefined) return failure('Only the core merges configuration');
        await hooks.updateConfig(request.source, request.data);
        return success();
      case 'option':
        return option(request.name, hooks);
    }
  });
}

function option(name: string, hooks: HostHooks): ExtensionResponse {
  if (hooks.readOption === undefined) return failure('Only the core knows options');
  return success([{ name, value: hooks.readOption(name) ?? '' }]);
}
