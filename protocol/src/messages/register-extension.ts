import type { ExtensionInfo, ExtensionRegistry, ExtensionStatus } from '../types.ts';
import { packInfo, unpackInfo } from './extension-info.ts';
import { type Message, structCodec } from './message.ts';
import { statusResult } from './status.ts';

/** Introduces an extension and its plugins; the status carries the uuid that the manager drew for it. */
export const registerExtension: Message<readonly [info: ExtensionInfo, registry: ExtensionRegistry], ExtensionStatus> =
  {
    name: 'registerExtension',
    arguments: structCodec(
      structs => structs.messages.registerExtension.Arguments,
      ([info, registry], structs) => ({ info: packInfo(info, structs), registry }),
      ({ info, registry }) => [unpackInfo(info), registry ?? {}],
    ),
    result: statusResult('registerExtension'),
  };
