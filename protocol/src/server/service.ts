import type { BinaryProtocol } from '../binary/protocol.ts';
import type { OutpostError } from '../errors.ts';
import type { Structs } from '../messages/message.ts';
import { type AnswerOf, type ArgumentsOf, type MessageName, messageTable } from '../messages/table.ts';
import type { Awaitable, ExtensionHandler, ExtensionManagerHandler } from './handlers.ts';
import type { CallContext, ExtensionHandler2, ExtensionManagerHandler2 } from './handlers2.ts';
import { extensionMethods2, managerMethods2 } from './service2.ts';

/** Writes the result of a request. */
export type WriteResult = (output: BinaryProtocol) => void;

/**
 * What there is to do for a request. `ordered`: one after another, what it throws is answered as an exception. `concurrent`: side by
 * side, what it throws is written by `fail`. `notice`: is not answered. `cancel`: gives another call up.
 */
export type Work =
  | { readonly kind: 'ordered'; run(call: CallContext): Promise<WriteResult> }
  | {
      readonly kind: 'concurrent';
      /** How long the asking side waits, milliseconds; 0: it does not say. */
      readonly deadlineMs: number;
      run(call: CallContext): Promise<WriteResult>;
      fail(error: OutpostError): WriteResult;
    }
  | { readonly kind: 'notice'; run(call: CallContext): void }
  | { readonly kind: 'cancel'; readonly id: number };

/** Reads the arguments of a request at once, and gives what there is to do. */
export type Method = (input: BinaryProtocol, structs: Structs) => Work;

/** What a server answers, by the name of the method. */
export type Service = ReadonlyMap<string, Method>;

const method = <Name extends MessageName>(
  name: Name,
  invoke: (
    args: ArgumentsOf<Name>,
    peer: CallContext['connection']['peer'],
    signal: AbortSignal,
  ) => Awaitable<AnswerOf<Name>>,
): [string, Method] => {
  const message = messageTable[name];
  return [
    name,
    (input, structs) => {
      const args = message.arguments.read(input, structs);
      return {
        kind: 'ordered',
        run: async ({ connection, signal }) => {
          const result = await invoke(args, connection.peer, signal);
          return output => message.result.write(output, result, structs);
        },
      };
    },
  ];
};

const extensionMethods = (handler: ExtensionHandler): [string, Method][] => [
  method('ping', (_none, peer) => handler.ping(peer)),
  method('call', ([registry, item, request], peer, signal) => handler.call(registry, item, request, peer, signal)),
  method('shutdown', (_none, peer) => handler.shutdown(peer)),
];

/** The methods of an extension. */
export const extensionService = (handler: ExtensionHandler | ExtensionHandler2): Service =>
  new Map([...extensionMethods(handler), ...('openRows' in handler ? extensionMethods2(handler) : [])]);

/** The methods of the core. */
export const managerService = (handler: ExtensionManagerHandler | ExtensionManagerHandler2): Service =>
  new Map([
    ...extensionMethods(handler),
    method('extensions', (_none, peer) => handler.extensions(peer)),
    method('options', (_none, peer) => handler.options(peer)),
    method('registerExtension', ([info, registry], peer) => handler.registerExtension(info, registry, peer)),
    method('deregisterExtension', ([uuid], peer) => handler.deregisterExtension(uuid, peer)),
    method('query', ([sql], peer, signal) => handler.query(sql, peer, signal)),
    method('getQueryColumns', ([sql], peer) => handler.getQueryColumns(sql, peer)),
    ...('openLease' in handler ? managerMethods2(handler) : []),
  ]);
