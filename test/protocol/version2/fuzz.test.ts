// Mutated frames of version 2: a server refuses the connection or answers, and serves on; a client fails the call and no other.
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { MessageKind } from '../../../protocol/src/binary/codes.ts';
import { requestLimits } from '../../../protocol/src/binary/limits.ts';
import * as structs from '../../../protocol/src/generated/index.mjs';
import { ExtensionManagerClient2, OutpostError } from '../../../protocol/src/index.ts';
import { writing } from '../../../protocol/src/messages/header.ts';
import type { Message2 } from '../../../protocol/src/messages/message2.ts';
import { messageTable2 } from '../../../protocol/src/messages/table2.ts';
import { readRequest } from '../../../protocol/src/server/answer.ts';
import { extensionService, managerService } from '../../../protocol/src/server/service.ts';
import { freshEndpoint, handlerWith } from '../sockets.ts';
import { messageNames, samples } from './samples.ts';

type AnyMessage = Message2<readonly unknown[], unknown>;

const never = (): never => {
  throw new Error('not asked');
};
const all = { openRows: never, nextRows: never, closeRows: never, write: never, logLines: never, ask: never };
const services = [
  extensionService({ ...handlerWith(), ...all }),
  managerService({
    ...handlerWith(),
    ...all,
    openLease: never,
    renew: never,
    updateRegistry: never,
    openQuery: never,
    pushEvents: never,
  }),
];

/** A frame of any message, and what becomes of its bytes. */
const mutated = (
  encode: (message: AnyMessage, value: unknown) => Buffer,
  side: 'args' | 'answer',
): fc.Arbitrary<Buffer> =>
  fc
    .constantFrom(...messageNames)
    .chain(name =>
      (samples[name][side] as fc.Arbitrary<unknown>).map(value =>
        encode(messageTable2[name] as unknown as AnyMessage, value),
      ),
    )
    .chain(bytes =>
      fc
        .array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { maxLength: 4 })
        .chain(changes => fc.nat(bytes.length).map(cut => ({ changes, cut })))
        .map(({ changes, cut }) => {
          const result = Buffer.from(bytes);
          for (const [at, byte] of changes) result[at] = byte;
          return cut % 5 === 0 ? result.subarray(0, cut) : result;
        }),
    );

const requests = mutated(
  (message, args) =>
    writing(message.name, MessageKind.call, 3, output =>
      message.request.write(output, { args: args as readonly unknown[], deadlineMs: 10 }, structs),
    ),
  'args',
);

const replies = mutated(
  (message, answer) =>
    writing(message.name, MessageKind.reply, 1, output => message.result.write(output, answer, structs)),
  'answer',
);

suite('mutated frames of version 2', () => {
  test('a request is read, or refused with an error of the table', () => {
    fc.assert(
      fc.property(requests, bytes => {
        for (const service of services) {
          try {
            readRequest(service, bytes, { structs, limits: requestLimits });
          } catch (error) {
            assert.ok(error instanceof OutpostError, String(error));
          }
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('a reply fails the call with an error of the table, or answers it', async context => {
    const endpoint = freshEndpoint(context);
    let next: Uint8Array = Buffer.alloc(0);
    const server = createServer(socket => socket.on('error', () => undefined).once('data', () => socket.end(next)));
    await new Promise<void>(resolve => server.listen(endpoint.path, resolve));
    context.after(() => server.close());
    await fc.assert(
      fc.asyncProperty(replies, async bytes => {
        next = bytes;
        using client = await ExtensionManagerClient2.connect(endpoint, { timeoutMs: 5000 });
        await client.openQuery('select 1', 0).catch((error: unknown) => {
          assert.ok(error instanceof OutpostError, String(error));
        });
      }),
      { numRuns: 300 },
    );
  });
});
