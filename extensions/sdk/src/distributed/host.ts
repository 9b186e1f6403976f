import { guarded, type HostHooks, type PluginHandler, success } from '../answer.ts';
import { pluginContext } from '../context.ts';
import { decodeDistributedRequest, decodeDistributedResults, encodeDistributedRead } from './codec.ts';
import type { DistributedDefinition } from './definition.ts';

/** Answers a distributed plugin's requests: getQueries and writeResults. */
export function hostDistributed(definition: DistributedDefinition, hooks: HostHooks = {}): PluginHandler {
  return guarded(async (map, scope) => {
    const request = decodeDistributedRequest(map);
    const context = pluginContext(definition.name, hooks, scope);
    if (request.action === 'getQueries') return success(encodeDistributedRead(await definition.getQueries(context)));
    await definition.writeResults(decodeDistributedResults(request.results), request.results, context);
    return success();
  });
}
