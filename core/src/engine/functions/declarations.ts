import type { SqlValue } from '../native.ts';
import type { Run } from '../sources/source.ts';

/** How an argument reaches a body: see `argumentKinds` of the native module. */
interface Kinds {
  readonly text: string;
  readonly bytes: string;
  readonly int32: number;
  readonly value: SqlValue;
}

type Kind = keyof Kinds;

/** How one of our SQL functions looks from outside. */
export interface Declaration {
  /** The file with its body. */
  readonly family: Family;
  /** Numbers of arguments; -1 any. */
  readonly arity: readonly number[];
  /** How each argument is passed; the last stands for all that follow. */
  readonly takes: readonly Kind[];
  /** Whether it takes a NULL; otherwise a NULL argument makes the result NULL. */
  readonly nulls?: true;
  /** Set when equal arguments may give different results. */
  readonly volatile?: true;
  /** Its body gets the texts of a group, each ended by a NUL. */
  readonly aggregate?: true;
}

type Family = 'addresses' | 'base64' | 'carve' | 'community-id' | 'digests' | 'paths' | 'regex' | 'sleep' | 'strings';

const communityId = { family: 'community-id', arity: [5, 6], takes: ['value'], nulls: true } as const;
const commandLine = { family: 'paths', arity: [-1], takes: ['text'], nulls: true } as const;
const digest = { family: 'digests', arity: [1], takes: ['text'] } as const;
const base64 = { family: 'base64', arity: [1], takes: ['bytes'] } as const;

/**
 * The SQL functions that are written in TypeScript. The mathematical ones and version_compare are part of the native module.
 * Names, arguments and results are osquery's.
 */
export const declarations = {
  carve: { family: 'carve', arity: [1], takes: ['text'], aggregate: true },
  community_id_v1: communityId,
  community_id_v1_strict: communityId,
  concat: { family: 'strings', arity: [-1], takes: ['text'], nulls: true },
  concat_ws: { family: 'strings', arity: [-1], takes: ['text'], nulls: true },
  conditional_to_base64: base64,
  find_file_path_in_cmd: commandLine,
  from_base64: base64,
  in_cidr_block: { family: 'addresses', arity: [2], takes: ['value', 'value'], nulls: true },
  inet_aton: { family: 'addresses', arity: [1], takes: ['text'] },
  is_path_deterministic: commandLine,
  md5: digest,
  parent_directory: { family: 'paths', arity: [1], takes: ['value'], nulls: true },
  regex_match: { family: 'regex', arity: [3], takes: ['text', 'text', 'int32'] },
  regex_split: { family: 'regex', arity: [3], takes: ['text', 'text', 'int32'] },
  sha1: digest,
  sha256: digest,
  sleep: { family: 'sleep', arity: [1], takes: ['value'], nulls: true, volatile: true },
  split: { family: 'strings', arity: [3], takes: ['text', 'text', 'int32'] },
  to_base64: base64,
} as const satisfies Readonly<Record<string, Declaration>>;

/** The values of arguments, one by one. */
type Passed<Takes extends readonly Kind[]> = { -readonly [I in keyof Takes]: Kinds[Takes[I]] };

/** What the body of a function gets: as many values as it declares, or any number of the one kind. */
type ArgumentsOf<D extends Declaration> = D['takes']['length'] extends D['arity'][number]
  ? Passed<D['takes']>
  : (Kinds[D['takes'][number]] | null)[];

/** The bodies. Text is a byte string, one character a byte; a thrown error's message is the error of the statement. */
export type Bodies = {
  readonly [Name in keyof typeof declarations]: (
    ...values: ArgumentsOf<(typeof declarations)[Name]>
  ) => string | bigint | null;
};

/** What bodies may know beyond their arguments. */
export interface FunctionEnvironment {
  /** The query that runs. */
  readonly run: () => Run;
  /** Says something on the status log; the same once a query. */
  readonly warn: (name: keyof Bodies, message: string) => void;
  /** `--regex_max_size`: the longest pattern. */
  readonly regexMaxBytes: number;
}
