import type { Message2, Notice } from '../messages/message2.ts';
import { cancel } from '../messages/plugins2.ts';
import { closeRows } from '../messages/rows2.ts';
import {
  type Answer2Of,
  type Arguments2Of,
  type Message2Name,
  messageTable2,
  type Result2Of,
} from '../messages/table2.ts';
import type { Awaitable } from './handlers.ts';
import type { CallContext, ExtensionHandler2, ExtensionManagerHandler2 } from './handlers2.ts';
import type { Method } from './service.ts';

const method = <Name extends Message2Name>(
  name: Name,
  invoke: (args: Arguments2Of<Name>, call: CallContext) => Awaitable<Answer2Of<Name>>,
): [string, Method] => {
  const message: Message2<Arguments2Of<Name>, Result2Of<Name>, Answer2Of<Name>> = messageTable2[name];
  return [
    name,
    (input, structs) => {
      const { args, deadlineMs } = message.request.read(input, structs);
      return {
        kind: 'concurrent',
        deadlineMs,
        run: async call => {
          const result = await invoke(args, call);
          return output => message.result.write(output, result, structs);
        },
        fail: error => output => message.result.write(output, error, structs),
      };
    },
  ];
};

const notice = <Arguments extends readonly unknown[]>(
  { name, arguments: codec }: Notice<Arguments>,
  take: (args: Arguments, call: CallContext) => void,
): [string, Method] => [
  name,
  (input, structs) => {
    const args = codec.read(input, structs);
    return { kind: 'notice', run: call => take(args, call) };
  },
];

const cancelMethod: [string, Method] = [
  cancel.name,
  (input, structs) => {
    const [id] = cancel.arguments.read(input, structs);
    return { kind: 'cancel', id };
  },
];

/** What both sides have of version 2. */
const commonMethods = (
  handler: Pick<ExtensionHandler2 | ExtensionManagerHandler2, 'nextRows' | 'closeRows' | 'ask'>,
): [string, Method][] => [
  method('nextRows', ([cursor, pageBytes], call) => handler.nextRows(cursor, pageBytes, call)),
  notice(closeRows, ([cursor], { connection }) => handler.closeRows(cursor, connection)),
  method('ask', ([registry, item, request], call) => handler.ask(registry, item, request, call)),
  cancelMethod,
];

/** The methods that version 2 adds to an extension. */
export const extensionMethods2 = (handler: ExtensionHandler2): [string, Method][] => [
  ...commonMethods(handler),
  method('openRows', ([scan, pageBytes], call) => handler.openRows(scan, pageBytes, call)),
  method('write', ([write], call) => handler.write(write, call)),
  method('logLines', ([logger, lines], call) => handler.logLines(logger, lines, call)),
];

/** The methods that version 2 adds to the core. */
export const managerMethods2 = (handler: ExtensionManagerHandler2): [string, Method][] => {
  const { pushEvents } = handler;
  return [
    ...commonMethods(handler),
    method('openLease', ([info, registry, tables], call) => handler.openLease(info, registry, tables, call)),
    method('renew', ([lease], call) => handler.renew(lease, call)),
    method('updateRegistry', ([lease, update], call) => handler.updateRegistry(lease, update, call)),
    method('openQuery', ([sql, pageBytes], call) => handler.openQuery(sql, pageBytes, call)),
    ...(pushEvents === undefined
      ? []
      : [method('pushEvents', ([lease, push], call) => pushEvents.call(handler, lease, push, call))]),
  ];
};
