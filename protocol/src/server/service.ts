import type { BinaryProtocol } from '../binary/protocol.ts';
import type { Structs } from '../messages/message.ts';
import { type AnswerOf, type ArgumentsOf, type MessageName, messageTable } from '../messages/table.ts';
import type { Peer } from '../types.ts';
import type { Awaitable, ExtensionHandler, ExtensionManagerHandler } from './handlers.ts';

/** Writes the result of a request. */
type WriteResult = (output: BinaryProtocol) => void;

/** Reads the arguments of a request at once, and gives what there is to do. */
type Method = (input: BinaryProtocol, structs: Structs) => (peer: Peer) => Promise<WriteResult>;

/** What a server answers, by the name of the method. */
export type Service = ReadonlyMap<string, Method>;

const method = <Name extends MessageName>(
  name: Name,
  invoke: (args: ArgumentsOf<Name>, peer: Peer) => Awaitable<AnswerOf<Name>>,
): [string, Method] => {
  const message = messageTable[name];
  return [
    name,
    (input, structs) => {
      const args = message.arguments.read(input, structs);
      return async peer => {
        const result = await invoke(args, peer);
        return output => message.result.write(output, result, structs);
      };
    },
  ];
};

/** The methods of an extension. */
export const extensionService = (handler: ExtensionHandler): Service =>
  new Map([
    method('ping', (_none, peer) => handler.ping(peer)),
    method('call', ([registry, item, request], peer) => handler.call(registry, item, request, peer)),
    method('shutdown', (_none, peer) => handler.shutdown(peer)),
  ]);

/** The methods of the core. */
export const managerService = (handler: ExtensionManagerHandler): Service =>
  new Map([
    ...extensionService(handler),
    method('extensions', (_none, peer) => handler.extensions(peer)),
    method('options', (_none, peer) => handler.options(peer)),
    method('registerExtension', ([info, registry], peer) => handler.registerExtension(info, registry, peer)),
    method('deregisterExtension', ([uuid], peer) => handler.deregisterExtension(uuid, peer)),
    method('query', ([sql], peer) => handler.query(sql, peer)),
    method('getQueryColumns', ([sql], peer) => handler.getQueryColumns(sql, peer)),
  ]);
