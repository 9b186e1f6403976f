import { MessageKind } from '../binary/codes.ts';
import { type Limits, replyLimits } from '../binary/limits.ts';
import { BinaryProtocol } from '../binary/protocol.ts';
import { BufferTransport } from '../binary/transport.ts';
import type { Endpoint } from '../endpoint.ts';
import { OutpostError } from '../errors.ts';
import { readException } from '../messages/exception.ts';
import type { Message, Structs } from '../messages/message.ts';
import { loadStructs } from '../messages/structs.ts';
import { type ArgumentsOf, type MessageName, messageTable, type ResultOf } from '../messages/table.ts';
import { Channel } from './channel.ts';
import type { CallOptions, ClientOptions } from './options.ts';

const defaultTimeoutMs = 300_000;

const reading = (bytes: Buffer, limits: Limits): BinaryProtocol => {
  const transport = new BufferTransport();
  transport.receive(bytes, limits);
  return new BinaryProtocol(transport);
};

/** Makes calls of typed messages. */
export class Caller {
  readonly #channel: Channel;
  readonly #structs: Structs;
  readonly #timeoutMs: number;
  readonly #limits: Limits;

  static async open(endpoint: Endpoint, options: ClientOptions = {}): Promise<Caller> {
    const { timeoutMs = defaultTimeoutMs, limits = replyLimits } = options;
    const structs = await loadStructs();
    return new Caller(await Channel.open(endpoint, timeoutMs, limits), structs, timeoutMs, limits);
  }

  private constructor(channel: Channel, structs: Structs, timeoutMs: number, limits: Limits) {
    this.#channel = channel;
    this.#structs = structs;
    this.#timeoutMs = timeoutMs;
    this.#limits = limits;
  }

  get closed(): boolean {
    return this.#channel.closed;
  }

  close(): void {
    this.#channel.close();
  }

  /** Sends the message of a name and decodes its reply. */
  async ask<Name extends MessageName>(
    name: Name,
    args: ArgumentsOf<Name>,
    { timeoutMs = this.#timeoutMs }: CallOptions = {},
  ): Promise<ResultOf<Name>> {
    const message = messageTable[name];
    const request = this.#encode(message, args);
    const reply = await this.#channel.exchange(name, request, timeoutMs, bytes => this.#answers(name, bytes));
    const input = reading(reply, this.#limits);
    if (input.readMessageBegin().mtype === MessageKind.exception) {
      const cause = readException(input.getTransport().input);
      throw new OutpostError('EXTENSION_CALL_FAILED', { reason: cause.message }, { cause });
    }
    const result = message.result.read(input, this.#structs);
    if (result !== undefined) return result;
    throw new OutpostError('EXTENSION_CALL_FAILED', { reason: `${name} failed: unknown result` });
  }

  #encode<Arguments extends readonly unknown[]>(
    { name, arguments: codec }: Pick<Message<Arguments, unknown>, 'name' | 'arguments'>,
    args: Arguments,
  ): Buffer {
    const transport = new BufferTransport();
    const output = new BinaryProtocol(transport);
    output.writeMessageBegin(name, MessageKind.call, 0);
    codec.write(output, args, this.#structs);
    return transport.output.written();
  }

  /** An exception answers whatever was asked; a reply must name the method. The sequence id is not looked at, as in osquery. */
  #answers(name: string, bytes: Buffer): boolean {
    const { fname, mtype } = reading(bytes, this.#limits).readMessageBegin();
    return mtype === MessageKind.exception || (mtype === MessageKind.reply && fname === name);
  }
}
