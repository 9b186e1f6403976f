// What the core answers a client, byte for byte, as it was recorded.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { requestLimits } from '../../../protocol/src/binary/limits.ts';
import * as structs from '../../../protocol/src/generated/index.mjs';
import { ApplicationException, type ExtensionManagerHandler } from '../../../protocol/src/index.ts';
import { answer, readRequest } from '../../../protocol/src/server/answer.ts';
import { managerService } from '../../../protocol/src/server/service.ts';
import { type WholeFrame, wholeFrames } from '../frames.ts';
import { handlerWith, ok } from '../sockets.ts';

const answerTo = async (hex: string, changes: Partial<ExtensionManagerHandler> = {}): Promise<string> => {
  const service = managerService(handlerWith(changes));
  const request = readRequest(service, Buffer.from(hex, 'hex'), { structs, limits: requestLimits });
  const { work } = request;
  if (work.kind !== 'ordered') throw new Error(`${request.name} is not of version 1`);
  const connection = { peer: undefined, ended: new AbortController().signal };
  const { bytes } = await answer(request, work, { connection, signal: connection.ended });
  return bytes.toString('hex');
};

const recorded = wholeFrames.filter(({ conversation }) => conversation === 'python client to the core');
const exchanges = (method: string, kind = 'call'): [WholeFrame, WholeFrame][] =>
  recorded.flatMap((frame, index) => {
    const next = recorded[index + 1];
    return frame.method === method && frame.kind === kind && next !== undefined ? [[frame, next]] : [];
  });

suite('answers as recorded', () => {
  test('ping: strict, not strict and oneway, with its sequence id', async () => {
    const pings = [...exchanges('ping'), ...exchanges('ping', 'oneway')];
    assert.deepEqual(
      pings.map(([{ kind, strict, seqid }]) => [kind, strict, seqid]),
      [
        ['call', true, 0],
        ['call', true, 0],
        ['call', false, 2],
        ['oneway', true, 99],
      ],
    );
    for (const [request, reply] of pings) assert.equal(await answerTo(request.hex), reply.hex);
  });

  test('shutdown', async () => {
    const [[request, reply] = []] = exchanges('shutdown');
    assert.equal(await answerTo(request?.hex ?? ''), reply?.hex);
  });

  test('unknown methods', async () => {
    for (const [request, reply] of [...exchanges('nope'), ...exchanges('ExtensionManager:ping')]) {
      assert.equal(reply.kind, 'exception');
      assert.equal(await answerTo(request.hex), reply.hex);
    }
  });

  test('an exception of the handler with a type of its own', async () => {
    const found = exchanges('call').find(([, { kind }]) => kind === 'exception');
    const [request, reply] = found ?? [];
    const call = (registry: string): never => {
      throw new ApplicationException(`Unknown registry requested: ${registry}`);
    };
    assert.equal(await answerTo(request?.hex ?? '', { call }), reply?.hex);
  });

  test('any other error of a handler: type 6, like the SDK of Python', async () => {
    const reply = wholeFrames.find(
      ({ conversation, kind }) => conversation.endsWith('osquery-python') && kind === 'exception',
    );
    const hex = wholeFrames.find(({ method, kind }) => method === 'call' && kind === 'call')?.hex ?? '';
    assert.equal(await answerTo(hex, { call: () => Promise.reject(new Error('Internal error')) }), reply?.hex);
  });
});

const head = (name: string): string =>
  `80010001${name.length.toString(16).padStart(8, '0')}${Buffer.from(name).toString('hex')}00000005`;

suite('arguments', () => {
  test('that are missing are empty', async () => {
    const seen: unknown[] = [];
    await answerTo(`${head('call')}00`, {
      call(...args) {
        seen.push(args.slice(0, -1)); // the signal is none of the message
        return { status: ok, response: [] };
      },
    });
    await answerTo(`${head('registerExtension')}00`, {
      registerExtension(...args) {
        seen.push(args);
        return ok;
      },
    });
    await answerTo(`${head('deregisterExtension')}00`, {
      deregisterExtension(...args) {
        seen.push(args);
        return ok;
      },
    });
    await answerTo(`${head('query')}00`, {
      query(...args) {
        seen.push(args.slice(0, -1));
        return { status: ok, response: [] };
      },
    });
    assert.deepEqual(seen, [
      ['', '', {}, undefined],
      [{ name: '', version: '', sdkVersion: '', minSdkVersion: '' }, {}, undefined],
      [0, undefined],
      ['', undefined],
    ]);
  });

  test('of another type count as missing, unknown ones are passed over', async () => {
    const sql: string[] = [];
    const query = (text: string) => {
      sql.push(text);
      return { status: ok, response: [] };
    };
    await answerTo(`${head('query')}0800010000000100`, { query });
    await answerTo(`${head('query')}0c00630b0001000000016100080077000000010b0001000000016200`, { query });
    assert.deepEqual(sql, ['', 'b']);
  });

  test('uuids of any size', async () => {
    const uuids: number[] = [];
    const deregisterExtension = (uuid: number) => {
      uuids.push(uuid);
      return ok;
    };
    for (const uuid of ['000000000000000a', '000000000000ffff', 'ffffffffffffffff', '1000000000000000']) {
      await answerTo(`${head('deregisterExtension')}0a0001${uuid}00`, { deregisterExtension });
    }
    assert.deepEqual(uuids, [10, 65_535, -1, 2 ** 60]);
  });
});

suite('what is no request', () => {
  for (const [what, hex] of [
    ['a reply', '800100020000000470696e670000000000'],
    ['an exception', '800100030000000470696e670000000000'],
    ['kind 0', '800100000000000470696e670000000000'],
    ['kind 77', '8001004d0000000470696e670000000000'],
    ['a map whose keys are read as texts', `${head('call')}0d0003080800000001000000010000000200`],
  ] as const) {
    test(`is refused: ${what}`, async () => {
      await assert.rejects(answerTo(hex), { name: 'OutpostError', source: 'plugin' });
    });
  }
});

test('a result that cannot be written becomes an exception, not half a message', async () => {
  const response = [{ good: 'x' }, { bad: 5 as unknown as string }];
  const reply = await answerTo(`${head('query')}00`, { query: () => ({ status: ok, response }) });
  assert.ok(reply.startsWith('80010003'));
  assert.match(Buffer.from(reply, 'hex').toString(), /The column bad of a row holds a value of type number/);
});
