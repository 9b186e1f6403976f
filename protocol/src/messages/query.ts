import type { ExtensionResponse, RawResponse } from '../types.ts';
import { type Message, structCodec } from './message.ts';
import { responseResult } from './response.ts';

/** Runs an SQL statement in the core. */
export const query: Message<readonly [sql: string], ExtensionResponse, ExtensionResponse | RawResponse> = {
  name: 'query',
  arguments: structCodec(
    structs => structs.messages.query.Arguments,
    ([sql]) => ({ sql }),
    ({ sql }) => [sql ?? ''],
  ),
  result: responseResult,
};
