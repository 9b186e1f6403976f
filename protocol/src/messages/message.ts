import type { BinaryProtocol } from '../binary/protocol.ts';
import type * as Generated from '../generated/index.mjs';

/** The generated structs; loaded when the first connection is made (see structs.ts). */
export type Structs = typeof Generated;

/** Writes and reads one of the two structs of a message: its arguments or its result. */
export interface Codec<Written, Read = Written> {
  write(output: BinaryProtocol, value: Written, structs: Structs): void;
  read(input: BinaryProtocol, structs: Structs): Read;
}

/** One message of the protocol: what is asked, what is answered, and what the asking side reads of it. */
export interface Message<Arguments extends readonly unknown[], Result, Answer = Result> {
  readonly name: string;
  readonly arguments: Codec<Arguments>;
  /** Read as `undefined` when the reply holds no result. */
  readonly result: Codec<Answer, Result | undefined>;
}

/** A codec by a generated struct; `pack` gives the fields to set, `unpack` takes a missing one as empty. */
export function structCodec<Struct extends Generated.Struct, Written, Read = Written>(
  classOf: (structs: Structs) => new () => Struct,
  pack: (value: Written, structs: Structs) => Partial<Struct>,
  unpack: (struct: Struct) => Read,
): Codec<Written, Read> {
  return {
    write(output, value, structs) {
      Object.assign(new (classOf(structs))(), pack(value, structs)).write(output);
    },
    read(input, structs) {
      const struct = new (classOf(structs))();
      struct.read(input);
      return unpack(struct);
    },
  };
}

/** The codec of a struct without fields. */
export const noArguments = (name: 'ping' | 'shutdown' | 'extensions' | 'options'): Codec<readonly []> =>
  structCodec(
    structs => structs.messages[name].Arguments,
    () => ({}),
    () => [],
  );
