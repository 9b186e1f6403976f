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
  FILE_NOT_REGULAR: {
    source: 'host',
    message: 'The path {path} is not a regular file, so its content is not read.',
    remedy: 'Name a regular file.',
  },
  FILE_TOO_LARGE: {
    source: 'host',
    message: 'The file {path} has more than {limit} bytes, so it is not read.',
    remedy: 'Leave the file out, or raise the limit of whoever reads it.',
  },
  PATH_NOT_ABSOLUTE: {
    source: 'plugin',
    message: 'The path {path} is not absolute.',
    remedy: 'Give a path that begins with a slash.',
  },
  ROW_VALUE_INVALID: {
    source: 'plugin',
    message: 'The table {table} gave {value} in the {type} column {column}.',
    remedy: 'Give a value of the type of the column, or null.',
  },
  CALL_ABANDONED: {
    source: 'user',
    message: 'The call was given up before it was answered.',
    remedy: 'Ask for less, or allow more time.',
  },
  MANAGER_QUERY_FAILED: {
    source: 'user',
    message: 'The agent could not run the query: {message}',
    remedy: 'Mend the query; outposti says more about it.',
  },
  EXTENSION_ARGUMENTS_INVALID: {
    source: 'user',
    message: 'The extension {extension} cannot start: {faults}',
    remedy: 'Start it as the agent does: --socket PATH [--timeout SECONDS] [--interval SECONDS] [--verbose].',
  },
  MANAGER_NOT_FOUND: {
    source: 'host',
    message: 'The extension {extension} found no extension manager at {socket} within {seconds} seconds.',
    remedy: 'Start the agent with --extensions_socket={socket}, or wait longer with --timeout.',
  },
  REGISTRATION_REFUSED: {
    source: 'user',
    message: 'The extension manager at {socket} refused the extension {extension}: {message}',
    remedy: 'Mend what the message names; a name or a table may be taken by another extension.',
  },
  // watchdog
  PIDFILE_HELD: {
    source: 'user',
    message: 'The pid file {path} belongs to the running process {pid}.',
    remedy: 'Stop that process, or choose another file with --pidfile.',
  },
  PIDFILE_UNUSABLE: {
    source: 'host',
    message: 'The pid file {path} cannot be used: {reason}.',
    remedy: 'Choose a file in a directory that this user may write with --pidfile.',
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
