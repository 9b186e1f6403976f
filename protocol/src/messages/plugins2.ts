/** Messages of version 2 to plugins that are no tables, and the one that gives a call up. */
import type { BinaryProtocol } from '../binary/protocol.ts';
import type { ThriftProtocol } from '../binary/thrift.ts';
import { OutpostError } from '../errors.ts';
import type { ExtensionResponse as ResponseStruct } from '../generated/index.mjs';
import type { ExtensionResponse, PluginRequest, RawResponse } from '../types.ts';
import type { LogLine } from '../version2.ts';
import { structCodec } from './message.ts';
import { answerCodec, type Message2, type Notice, requestCodec, resultCodec } from './message2.ts';
import { packFailure, unpackFailure } from './outcome.ts';
import { writeResponse } from './response.ts';
import { unpackStatus } from './status.ts';

/** How many lines were delivered, and why not all of them. */
export interface LogAnswer {
  /** So many lines, from the first on, are never given again. */
  readonly accepted: number;
  readonly failure: OutpostError | undefined;
}

const noBytes = new Uint8Array();

/** Delivers lines to a logger. */
export const logLines: Message2<readonly [logger: string, lines: readonly LogLine[]], LogAnswer> = {
  name: 'logLines',
  request: requestCodec(
    structs => structs.messages.logLines.Arguments,
    ([logger, lines], structs) => ({
      logger,
      lines: lines.map(line => Object.assign(new structs.LogLine(), line)),
    }),
    ({ logger, lines }) => [
      logger ?? '',
      (lines ?? []).map(({ kind, line }) => ({ kind: kind ?? 0, line: line ?? noBytes })),
    ],
  ),
  result: answerCodec(
    'logLines',
    structs => structs.LogAnswer,
    (answer: LogAnswer | OutpostError, structs) => {
      const { accepted, failure } = answer instanceof OutpostError ? { accepted: 0, failure: answer } : answer;
      return { accepted, ...(failure !== undefined && { outcome: packFailure(failure, structs) }) };
    },
    ({ accepted, outcome }) => ({ accepted: accepted ?? 0, failure: unpackFailure(outcome) }),
  ),
};

/** A response in the place of its generated struct: rows that are encoded already are copied as they are. */
const responseStruct = (response: ExtensionResponse | RawResponse): ResponseStruct =>
  ({ write: (output: ThriftProtocol) => writeResponse(output as BinaryProtocol, response) }) as ResponseStruct;

/** Asks the plugin of a registry and a name, on terms. */
export const ask: Message2<
  readonly [registry: string, item: string, request: PluginRequest],
  ExtensionResponse,
  ExtensionResponse | RawResponse
> = {
  name: 'ask',
  request: requestCodec(
    structs => structs.messages.ask.Arguments,
    ([registry, item, request]) => ({ registry, item, request }),
    ({ registry, item, request }) => [registry ?? '', item ?? '', request ?? {}],
  ),
  result: resultCodec(
    'ask',
    structs => structs.PluginAnswer,
    response => ({ answer: responseStruct(response) }),
    ({ answer }) => ({ status: unpackStatus(answer?.status ?? null), response: answer?.response ?? [] }),
  ),
};

/** Gives up the unanswered call with a sequence id. */
export const cancel: Notice<readonly [sequenceId: number]> = {
  name: 'cancel',
  arguments: structCodec(
    structs => structs.messages.cancel.Arguments,
    ([sequenceId]) => ({ sequence_id: sequenceId }),
    ({ sequence_id }) => [sequence_id ?? 0],
  ),
};
