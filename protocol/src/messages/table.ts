import { call } from './call.ts';
import { deregisterExtension } from './deregister-extension.ts';
import { extensions } from './extensions.ts';
import { getQueryColumns } from './get-query-columns.ts';
import type { Message } from './message.ts';
import { options } from './options.ts';
import { ping } from './ping.ts';
import { query } from './query.ts';
import { registerExtension } from './register-extension.ts';
import { shutdown } from './shutdown.ts';

const table = {
  ping,
  call,
  shutdown,
  extensions,
  options,
  registerExtension,
  deregisterExtension,
  query,
  getQueryColumns,
};

/** The name of a message. */
export type MessageName = keyof typeof table;

/** What a message asks. */
export type ArgumentsOf<Name extends MessageName> =
  (typeof table)[Name] extends Message<infer Arguments, infer _Result, infer _Answer> ? Arguments : never;

/** What the asking side reads. */
export type ResultOf<Name extends MessageName> =
  (typeof table)[Name] extends Message<infer _Arguments, infer Result, infer _Answer> ? Result : never;

/** What the answering side gives. */
export type AnswerOf<Name extends MessageName> =
  (typeof table)[Name] extends Message<infer _Arguments, infer _Result, infer Answer> ? Answer : never;

/** All messages of the protocol, by name. */
export const messageTable: {
  readonly [Name in MessageName]: Message<ArgumentsOf<Name>, ResultOf<Name>, AnswerOf<Name>>;
} = table;
