import { type Message, noArguments, structCodec } from './message.ts';

/** Tells an extension that the core ends. A call like others, with an empty reply. */
export const shutdown: Message<readonly [], null, void> = {
  name: 'shutdown',
  arguments: noArguments('shutdown'),
  result: structCodec(
    structs => structs.messages.shutdown.Result,
    () => ({}),
    () => null,
  ),
};
