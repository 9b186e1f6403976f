import type { ExtensionInfo } from '../types.ts';
import { packInfo, unpackInfo } from './extension-info.ts';
import { type Message, noArguments, structCodec } from './message.ts';

/** Which extensions are registered, by uuid. */
export const extensions: Message<readonly [], Map<number, ExtensionInfo>> = {
  name: 'extensions',
  arguments: noArguments('extensions'),
  result: structCodec(
    structs => structs.messages.extensions.Result,
    (list, structs) => ({
      success: Object.fromEntries([...list].map(([uuid, info]) => [String(uuid), packInfo(info, structs)])),
    }),
    ({ success }) =>
      success === null
        ? undefined
        : new Map(Object.entries(success).map(([uuid, info]) => [Number(uuid), unpackInfo(info)])),
  ),
};
