import type { OutpostError } from '../errors.ts';
import type * as Generated from '../generated/index.mjs';
import { type Codec, type Structs, structCodec } from './message.ts';
import { packFailure, unpackFailure } from './outcome.ts';

/** What is asked, and how long the asking side waits, milliseconds; 0: as long as the other side works on it. */
export interface Request<Arguments extends readonly unknown[]> {
  readonly args: Arguments;
  readonly deadlineMs: number;
}

/** One message of version 2: what is asked and what is answered, which may be an error. */
export interface Message2<Arguments extends readonly unknown[], Result, Answer = Result> {
  readonly name: string;
  readonly request: Codec<Request<Arguments>>;
  /** Read as `undefined` when the reply holds no result. */
  readonly result: Codec<Answer | OutpostError, Result | OutpostError | undefined>;
}

/** A message of version 2 that is not answered. */
export interface Notice<Arguments extends readonly unknown[]> {
  readonly name: string;
  readonly arguments: Codec<Arguments>;
}

/** A codec of arguments, whose struct may have `terms`. */
export const requestCodec = <Struct extends Generated.Struct, Arguments extends readonly unknown[]>(
  classOf: (structs: Structs) => new () => Struct,
  pack: (args: Arguments, structs: Structs) => Partial<Struct>,
  unpack: (struct: Struct) => Arguments,
): Codec<Request<Arguments>> =>
  structCodec(
    classOf,
    ({ args, deadlineMs }, structs) => ({
      ...pack(args, structs),
      ...(deadlineMs > 0 && { terms: new structs.Terms({ deadline_ms: deadlineMs }) }),
    }),
    struct => {
      const { terms } = struct as { terms?: Generated.Terms | null };
      return { args: unpack(struct), deadlineMs: terms?.deadline_ms ?? 0 };
    },
  );

/** The struct of an answer: its outcome and what else it has. */
type AnswerStruct = Generated.Struct & { outcome: Generated.Outcome | null };

/** A codec of a result whose only field is the struct of an answer. */
export const answerCodec = <Struct extends Generated.Struct, Written, Read>(
  name: keyof typeof Generated.messages,
  answerOf: (structs: Structs) => new () => Struct,
  pack: (value: Written, structs: Structs) => Partial<Struct>,
  unpack: (struct: Struct) => Read,
): Codec<Written, Read | undefined> =>
  structCodec(
    structs =>
      (structs.messages[name] as { readonly Result: new () => Generated.Struct & { success: Struct | null } }).Result,
    (value, structs) => ({ success: Object.assign(new (answerOf(structs))(), pack(value, structs)) }),
    ({ success }) => (success === null ? undefined : unpack(success)),
  );

/** A codec of the result of a method that either fails or answers. */
export const resultCodec = <Struct extends AnswerStruct, Result, Answer = Result>(
  name: keyof typeof Generated.messages,
  answerOf: (structs: Structs) => new () => Struct,
  pack: (result: Answer, structs: Structs) => Partial<Struct>,
  unpack: (struct: Struct) => Result,
): Codec<Answer | OutpostError, Result | OutpostError | undefined> =>
  answerCodec(
    name,
    answerOf,
    (value, structs) =>
      isFailure(value) ? ({ outcome: packFailure(value, structs) } as Partial<Struct>) : pack(value, structs),
    struct => unpackFailure(struct.outcome) ?? unpack(struct),
  );

const isFailure = (value: unknown): value is OutpostError => value instanceof Error;
