import type { ExtensionStatus as StatusStruct } from '../generated/index.mjs';
import type { ExtensionStatus } from '../types.ts';
import { type Codec, type Structs, structCodec } from './message.ts';

/** The fields of a status that came over the wire; osquery-python, for one, leaves the uuid out. */
export const unpackStatus = (struct: StatusStruct | null): ExtensionStatus => ({
  code: struct?.code ?? 0,
  message: struct?.message ?? '',
  uuid: Number(struct?.uuid ?? 0),
});

/** The struct of a status. */
export const packStatus = ({ code, message, uuid }: ExtensionStatus, structs: Structs): StatusStruct =>
  new structs.ExtensionStatus({ code, message, uuid });

/** The result of a message that answers a status. */
export const statusResult = (
  name: 'ping' | 'registerExtension' | 'deregisterExtension',
): Codec<ExtensionStatus, ExtensionStatus | undefined> =>
  structCodec(
    structs => structs.messages[name].Result,
    (status, structs) => ({ success: packStatus(status, structs) }),
    ({ success }) => (success === null ? undefined : unpackStatus(success)),
  );
