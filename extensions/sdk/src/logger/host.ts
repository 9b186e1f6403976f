import type { ExtensionResponse } from '@outpost/protocol';
import { failure, guarded, messageOf, type PluginHandler, success } from '../answer.ts';
import { decodeLoggerRequest, loggerFeatures } from './codec.ts';
import type { LoggerDefinition } from './definition.ts';

/** Answers a logger plugin's requests: lines, batches, snapshots, init, statuses, events, features. */
export function hostLogger(definition: LoggerDefinition): PluginHandler {
  return guarded(async (map): Promise<ExtensionResponse> => {
    const request = decodeLoggerRequest(map);
    switch (request.kind) {
      case 'string':
        await definition.logString(request.line);
        return success();
      case 'batch':
        return logBatch(definition, request.lines);
      case 'snapshot':
        await (definition.logSnapshot ?? definition.logString)(request.line);
        return success();
      case 'init':
        await definition.init?.(request.processName);
        return success();
      case 'status':
        if (definition.logStatus === undefined) return failure('Not enabled');
        await definition.logStatus(request.statuses);
        return success();
      case 'event':
        if (definition.logEvent === undefined) return failure('Not enabled');
        await definition.logEvent(request.event);
        return success();
      case 'features':
        return success([], features(definition));
    }
  });
}

const features = ({ logStatus, logEvent }: LoggerDefinition): number =>
  (logStatus === undefined ? 0 : loggerFeatures.logStatus) | (logEvent === undefined ? 0 : loggerFeatures.logEvent);

async function logBatch(definition: LoggerDefinition, lines: readonly string[]): Promise<ExtensionResponse> {
  if (definition.logBatch !== undefined) {
    const taken = (await definition.logBatch(lines)) ?? lines.length;
    return taken >= lines.length
      ? success()
      : failure(`${lines.length - taken} of ${lines.length} lines were not taken`);
  }
  const failed: string[] = [];
  for (const line of lines) {
    try {
      await definition.logString(line);
    } catch (error) {
      failed.push(messageOf(error));
    }
  }
  if (failed.length === 0) return success();
  return failure(`${failed.length} of ${lines.length} lines were not logged: ${failed[0]}`);
}
