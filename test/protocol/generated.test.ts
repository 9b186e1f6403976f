// The generated clients and processors of the thrift package over our transport and protocol: what is ours is a drop-in.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import { BinaryProtocol } from '../../protocol/src/binary/protocol.ts';
import { BufferTransport } from '../../protocol/src/binary/transport.ts';
import * as structs from '../../protocol/src/generated/index.mjs';

interface GeneratedClient {
  [method: `recv_${string}`]: (input: BinaryProtocol, kind: number, seqid: number) => void;
  extensions(): Promise<Record<string, structs.InternalExtensionInfo>>;
  deregisterExtension(uuid: number): Promise<structs.ExtensionStatus>;
}

interface GeneratedService {
  readonly Client: new (transport: BufferTransport, protocol: typeof BinaryProtocol) => GeneratedClient;
  readonly Processor: new (handler: object) => { process(input: BinaryProtocol, output: BinaryProtocol): void };
}

const { Client, Processor } = structs.services.ExtensionManager as GeneratedService;

/** A generated client whose messages go to a generated processor, and back, as bytes. */
const connected = (handler: object): GeneratedClient => {
  const processor = new Processor(handler);
  const toClient = new BufferTransport(bytes => {
    const transport = new BufferTransport();
    transport.receive(Buffer.from(bytes));
    const input = new BinaryProtocol(transport);
    const { fname, mtype, rseqid } = input.readMessageBegin();
    client[`recv_${fname}`]?.(input, mtype, rseqid);
  });
  const toServer = new BufferTransport(bytes => {
    const transport = new BufferTransport();
    transport.receive(Buffer.from(bytes));
    processor.process(new BinaryProtocol(transport), new BinaryProtocol(toClient));
  });
  const client = new Client(toServer, BinaryProtocol);
  return client;
};

const info = (name: string) =>
  new structs.InternalExtensionInfo({ name, version: '1', sdk_version: '2', min_sdk_version: '3' });

suite('generated code over our transport and protocol', () => {
  test('uuids of two digits and more are right as keys of a map', async () => {
    const uuids = [0, 9, 10, 12, 99, 100, 4711, 65_535];
    const client = connected({
      extensions: () => Promise.resolve(Object.fromEntries(uuids.map(uuid => [uuid, info(`e${uuid}`)]))),
    });
    const list = await client.extensions();
    assert.deepEqual(Object.keys(list).map(Number), uuids);
    assert.equal(list[12]?.name, 'e12');
  });

  test('a uuid beyond 2^53 stays exact', async () => {
    const client = connected({
      deregisterExtension: (uuid: bigint) => Promise.resolve({ code: 0, message: typeof uuid, uuid }),
    });
    const status = await client.deregisterExtension((2n ** 60n) as unknown as number);
    assert.deepEqual({ ...status }, { code: 0, message: 'bigint', uuid: 2n ** 60n });
  });

  test('maps with the keys __proto__ and hasOwnProperty come through', () => {
    const request = Object.fromEntries([
      ['__proto__', 'x'],
      ['hasOwnProperty', 'y'],
    ]);
    const transport = new BufferTransport();
    const written = Object.assign(new structs.messages.call.Arguments(), { request });
    written.write(new BinaryProtocol(transport));
    transport.receive(transport.output.written());
    const read = new structs.messages.call.Arguments();
    read.read(new BinaryProtocol(transport));
    assert.deepEqual(Object.entries(read.request ?? {}), Object.entries(request));
  });
});

const compiler = spawnSync('thrift', ['--version'], { encoding: 'utf8' }).stdout?.trim();

test('the committed code is what the compiler makes of the IDL', { skip: compiler !== 'Thrift version 0.17.0' }, () => {
  const directory = new URL('../../protocol/src/generated/', import.meta.url);
  const read = () => readdirSync(directory).map(name => [name, readFileSync(new URL(name, directory), 'utf8')]);
  const before = read();
  execFileSync(process.execPath, [new URL('../../scripts/generate-thrift.ts', import.meta.url).pathname]);
  assert.deepEqual(read(), before);
});
