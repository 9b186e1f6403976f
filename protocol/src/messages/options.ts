import type { InternalOptionInfo } from '../generated/index.mjs';
import type { OptionInfo } from '../types.ts';
import { type Message, noArguments, type Structs, structCodec } from './message.ts';

const pack = ({ value, defaultValue, type }: OptionInfo, structs: Structs): InternalOptionInfo =>
  new structs.InternalOptionInfo({ value, default_value: defaultValue, type });

const unpack = ({ value, default_value, type }: InternalOptionInfo): OptionInfo => ({
  value: value ?? '',
  defaultValue: default_value ?? '',
  type: type ?? '',
});

/** The flags of the core, by name. */
export const options: Message<readonly [], Map<string, OptionInfo>> = {
  name: 'options',
  arguments: noArguments('options'),
  result: structCodec(
    structs => structs.messages.options.Result,
    (list, structs) => ({ success: Object.fromEntries([...list].map(([name, info]) => [name, pack(info, structs)])) }),
    ({ success }) =>
      success === null ? undefined : new Map(Object.entries(success).map(([name, info]) => [name, unpack(info)])),
  ),
};
