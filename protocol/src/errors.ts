/**
 * The one table of errors. Every error that leaves a part of Outpost is an {@link OutpostError} with a code of this table;
 * docs/errors.md is generated from it. A code that is retired never comes back with another meaning.
 *
 * `source` says whose turn it is: `user` (the input is wrong), `plugin` (an extension or plugin misbehaved), `host` (the machine:
 * a file, a permission, a full disk), `downstream` (something we ship to or fetch from).
 */
interface ErrorEntry {
  readonly source: 'user' | 'plugin' | 'host' | 'downstream';
  /** A whole sentence; `{name}` is replaced by the value of that name. */
  readonly message: string;
  /** What to do about it, a whole sentence; `{name}` as above. */
  readonly remedy: string;
}

const entries = {
  // protocol
  SOCKET_PATH_TOO_LONG: {
    source: 'user',
    message: 'The socket path {path} has {length} bytes, more than the {limit} that a Unix socket address holds.',
    remedy: 'Choose a shorter path with --extensions_socket.',
  },
  // sdk
  DEFINITION_INVALID: {
    source: 'plugin',
    message: 'The {kind} {name} is not well defined: {faults}',
    remedy: 'Mend the definition.',
  },
} as const satisfies Record<string, ErrorEntry>;

/** A code of the table of errors. */
export type ErrorCode = keyof typeof entries;

/** Values that fill the `{name}` places of a message. */
export type ErrorValues = Readonly<Record<string, string | number>>;

const fill = (text: string, values: ErrorValues): string =>
  text.replace(/\{(\w+)\}/g, (place, name: string) => (name in values ? String(values[name]) : place));

/** An error of the table: `message` says what happened and where, `remedy` what to do. */
export class OutpostError extends Error {
  override readonly name = 'OutpostError';
  readonly code: ErrorCode;
  readonly source: ErrorEntry['source'];
  readonly remedy: string;
  /** SQLite's result code, where the error is one of a statement. */
  readonly sqliteCode: number | undefined;

  constructor(code: ErrorCode, values: ErrorValues = {}, options: { cause?: unknown; sqliteCode?: number } = {}) {
    const entry: ErrorEntry = entries[code];
    super(fill(entry.message, values), options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.source = entry.source;
    this.remedy = fill(entry.remedy, values);
    this.sqliteCode = options.sqliteCode;
  }
}

/** All entries, for the generated docs/errors.md. */
export const errorTable: Readonly<Record<ErrorCode, ErrorEntry>> = entries;
