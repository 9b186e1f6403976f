import type { ExtensionStatus } from '../types.ts';
import { type Message, structCodec } from './message.ts';
import { statusResult } from './status.ts';

/** Takes an extension and its plugins back. */
export const deregisterExtension: Message<readonly [uuid: number], ExtensionStatus> = {
  name: 'deregisterExtension',
  arguments: structCodec(
    structs => structs.messages.deregisterExtension.Arguments,
    ([uuid]) => ({ uuid }),
    ({ uuid }) => [Number(uuid ?? 0)],
  ),
  result: statusResult('deregisterExtension'),
};
