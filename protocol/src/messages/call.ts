import type { ExtensionResponse, PluginRequest, RawResponse } from '../types.ts';
import { type Message, structCodec } from './message.ts';
import { responseResult } from './response.ts';

/** Asks the plugin of a registry and a name. */
export const call: Message<
  readonly [registry: string, item: string, request: PluginRequest],
  ExtensionResponse,
  ExtensionResponse | RawResponse
> = {
  name: 'call',
  arguments: structCodec(
    structs => structs.messages.call.Arguments,
    ([registry, item, request]) => ({ registry, item, request }),
    ({ registry, item, request }) => [registry ?? '', item ?? '', request ?? {}],
  ),
  result: responseResult,
};
