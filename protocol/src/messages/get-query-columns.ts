import type { ExtensionResponse, RawResponse } from '../types.ts';
import { type Message, structCodec } from './message.ts';
import { responseResult } from './response.ts';

/** The columns that an SQL statement would give: one row a column, its name to its type. */
export const getQueryColumns: Message<readonly [sql: string], ExtensionResponse, ExtensionResponse | RawResponse> = {
  name: 'getQueryColumns',
  arguments: structCodec(
    structs => structs.messages.getQueryColumns.Arguments,
    ([sql]) => ({ sql }),
    ({ sql }) => [sql ?? ''],
  ),
  result: responseResult,
};
