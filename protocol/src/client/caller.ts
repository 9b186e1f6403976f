import { MessageKind } from '../binary/codes.ts';
import { type Limits, replyLimits } from '../binary/limits.ts';
import type { BinaryProtocol } from '../binary/protocol.ts';
import type { Endpoint } from '../endpoint.ts';
import { OutpostError } from '../errors.ts';
import { readException } from '../messages/exception.ts';
import { reading, writing } from '../messages/header.ts';
import type { Message, Structs } from '../messages/message.ts';
import type { Notice } from '../messages/message2.ts';
import { loadStructs } from '../messages/structs.ts';
import { type ArgumentsOf, type MessageName, messageTable, type ResultOf } from '../messages/table.ts';
import { type Arguments2Of, type Message2Name, messageTable2, type Result2Of } from '../messages/table2.ts';
import { Channel } from './channel.ts';
import type { CallOptions, ClientOptions } from './options.ts';

const defaultTimeoutMs = 300_000;

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
    const message: Message<ArgumentsOf<Name>, ResultOf<Name>, unknown> = messageTable[name];
    const request = writing(name, MessageKind.call, 0, output => message.arguments.write(output, args, this.#structs));
    const reply = await this.#channel.exchange(name, request, timeoutMs, bytes => this.#answers(name, bytes));
    return this.#result(name, reply, input => message.result.read(input, this.#structs));
  }

  /**
   * Sends the message of version 2 of a name, with a deadline, and decodes its reply.
   *
   * @throws OutpostError what the other side answers; CALL_DEADLINE, CALL_CANCELLED, TOO_MANY_CALLS; EXTENSION_CALL_FAILED when
   *   the other side does not know the method or the connection ends
   */
  async call<Name extends Message2Name>(
    name: Name,
    args: Arguments2Of<Name>,
    { timeoutMs = this.#timeoutMs, signal }: CallOptions = {},
  ): Promise<Result2Of<Name>> {
    this.#channel.check();
    const message = messageTable2[name];
    const request = { args, deadlineMs: Math.ceil(timeoutMs) };
    const encode = (id: number): Buffer =>
      writing(name, MessageKind.call, id, output => message.request.write(output, request, this.#structs));
    const reply = await this.#channel.concurrent.exchange(name, encode, { timeoutMs, signal });
    const result = this.#result(name, reply, input => message.result.read(input, this.#structs));
    if (result instanceof OutpostError) throw result;
    return result as Result2Of<Name>;
  }

  /** Sends a message that is not answered. */
  tell<Arguments extends readonly unknown[]>(notice: Notice<Arguments>, args: Arguments): void {
    this.#channel.send(
      writing(notice.name, MessageKind.oneway, 0, output => notice.arguments.write(output, args, this.#structs)),
    );
  }

  #result<Result>(name: string, reply: Buffer, read: (input: BinaryProtocol) => Result | undefined): Result {
    const input = reading(reply, this.#limits);
    if (input.readMessageBegin().mtype === MessageKind.exception) {
      const cause = readException(input.getTransport().input);
      throw new OutpostError('EXTENSION_CALL_FAILED', { reason: cause.message }, { cause });
    }
    const result = read(input);
    if (result !== undefined) return result;
    throw new OutpostError('EXTENSION_CALL_FAILED', { reason: `${name} failed: unknown result` });
  }

  /** An exception answers whatever was asked; a reply must name the method. The sequence id is not looked at, as in osquery. */
  #answers(name: string, bytes: Buffer): boolean {
    const { fname, mtype } = reading(bytes, this.#limits).readMessageBegin();
    return mtype === MessageKind.exception || (mtype === MessageKind.reply && fname === name);
  }
}
