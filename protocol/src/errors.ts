/** Whose turn it is. */
export type ErrorSource = 'user' | 'plugin' | 'host' | 'downstream';

/**
 * The one table of errors. Every error that leaves a part of Outpost is an {@link OutpostError} with a code of this table;
 * docs/errors.md is generated from it. A code that is retired never comes back with another meaning.
 *
 * `source` says whose turn it is: `user` (the input is wrong), `plugin` (an extension or plugin misbehaved), `host` (the machine:
 * a file, a permission, a full disk), `downstream` (something we ship to or fetch from).
 */
interface ErrorEntry {
  readonly source: ErrorSource;
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
  MESSAGE_TRUNCATED: {
    source: 'plugin',
    message: 'A Thrift message needs {needed} bytes more where only {left} are left.',
    remedy: 'Mend the program at the other end of the connection.',
  },
  MESSAGE_MALFORMED: {
    source: 'plugin',
    message: 'A message is not in the Thrift binary protocol: {reason}.',
    remedy: 'Mend the program at the other end of the connection: it must speak unframed TBinaryProtocol.',
  },
  MESSAGE_LIMIT: {
    source: 'plugin',
    message: 'A Thrift message has {size} {what}, more than the {limit} that are allowed.',
    remedy: 'Send less at a time.',
  },
  MESSAGE_UNFINISHED: {
    source: 'plugin',
    message: 'A message was begun and not finished within {seconds} seconds.',
    remedy: 'Mend the program at the other end of the connection.',
  },
  REPLY_NOT_READ: {
    source: 'plugin',
    message: 'A reply was not read within {seconds} seconds.',
    remedy: 'Mend the program at the other end of the connection.',
  },
  CONNECTIONS_EXHAUSTED: {
    source: 'plugin',
    message: 'The server at {path} has {limit} connections, all of them busy, and takes no more.',
    remedy: 'Close connections that are not needed.',
  },
  BUFFERS_EXHAUSTED: {
    source: 'plugin',
    message: 'The server at {path} holds {limit} bytes of unfinished messages and takes no more.',
    remedy: 'Send less at a time, over fewer connections.',
  },
  VALUE_NOT_TEXT: {
    source: 'plugin',
    message: 'The column {column} of a row holds a value of type {type}; the extension protocol carries text only.',
    remedy: 'Turn the value into a string.',
  },
  SOCKET_IN_USE: {
    source: 'user',
    message: 'Another process listens on the socket {path}.',
    remedy: 'Stop that process, or choose another path.',
  },
  SOCKET_PATH_OCCUPIED: {
    source: 'user',
    message: 'The path {path} cannot become a socket: {reason}.',
    remedy: 'Remove it, or choose another path.',
  },
  SOCKET_UNUSABLE: {
    source: 'host',
    message: 'The socket {path} cannot be made: {reason}.',
    remedy: 'Make sure that its directory exists and that this user may write there.',
  },
  SOCKET_NOT_AVAILABLE: {
    source: 'plugin',
    message: 'Extension socket not available: {path}',
    remedy: 'Start the process that listens there, and make sure that this user may write to the socket.',
  },
  EXTENSION_CALL_FAILED: {
    source: 'plugin',
    message: 'Extension call failed: {reason}',
    remedy: 'Read the log of the extension.',
  },
  CALL_DEADLINE: {
    source: 'plugin',
    message: 'Extension call failed: {method} at {path} was not answered within {seconds} seconds.',
    remedy: 'Find out what the extension is busy with, or allow more time.',
  },
  CALL_CANCELLED: {
    source: 'user',
    message: 'The call was cancelled.',
    remedy: 'Make it again if that was not intended.',
  },
  CALL_FAILED: {
    source: 'plugin',
    message: 'The call failed.',
    remedy: 'Read what the other side says; its version knows errors that this one does not.',
  },
  TOO_MANY_CALLS: {
    source: 'plugin',
    message: 'The connection has {limit} unanswered calls and takes no more.',
    remedy: 'Wait for answers before the next call.',
  },
  UNKNOWN_CURSOR: {
    source: 'plugin',
    message: 'The connection has no cursor {cursor}.',
    remedy: 'Begin anew: a cursor ends with its last page, when it is closed, and with its connection.',
  },
  TOO_MANY_CURSORS: {
    source: 'plugin',
    message: 'The connection has {limit} open cursors and gets no more.',
    remedy: 'Read cursors to their end, or close them.',
  },
  BLOCK_MALFORMED: {
    source: 'plugin',
    message: 'A block of rows is malformed at byte {offset}: {reason}.',
    remedy: 'Mend the program at the other end of the connection: docs/protocol.md describes blocks.',
  },
  LEASE_UNKNOWN: {
    source: 'plugin',
    message: 'The agent knows no lease {generation} of the extension {uuid}.',
    remedy: 'Open another lease at once.',
  },
  LEASE_REPLACED: {
    source: 'user',
    message: 'The lease of the extension {extension} was given to another process of that name.',
    remedy: 'Stop one of the two, or give it another name.',
  },
  LEASE_HELD: {
    source: 'user',
    message: 'Another extension has the name {extension} and is alive.',
    remedy: 'Stop one of the two, or give it another name.',
  },
  LEASE_REFUSED: {
    source: 'user',
    message: '{message}',
    remedy: 'Mend what the message names; a name or a table may be taken by another extension.',
  },
  REQUEST_REFUSED: {
    source: 'user',
    message: '{message}',
    remedy: 'Ask for less at a time, or have the policy of extensions (--extensions_policy) allow it.',
  },
  ROW_READONLY: {
    source: 'user',
    message: 'table {table} may not be modified',
    remedy: 'Write to another table, or another row; the extension decides what may be changed.',
  },
  ROW_CONSTRAINT: {
    source: 'user',
    message: 'constraint failed',
    remedy: 'Give a row that keeps the rules of the table.',
  },
  PLUGIN_FAILED: {
    source: 'plugin',
    message: '{message}',
    remedy: 'Read the log of the extension.',
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
  UPDATE_UNSUPPORTED: {
    source: 'host',
    message: 'The extension manager at {socket} takes no changes of a registration.',
    remedy: 'Close the extension and serve it anew with other plugins; a manager that speaks version 2 takes changes.',
  },
  REGISTRATION_REFUSED: {
    source: 'user',
    message: 'The extension manager at {socket} refused the extension {extension}: {message}.',
    remedy: 'Mend what the message names; a name or a table may be taken by another extension.',
  },
  // engine
  SQL_ERROR: {
    source: 'user',
    message: '{message}',
    remedy: 'Correct the statement; .tables and .schema of the shell show which tables and columns there are.',
  },
  TABLE_OTHER_PLATFORM: {
    source: 'user',
    message: 'no such table: {table} (it exists on {where} only)',
    remedy: 'Restrict the query to that platform, in a pack or with the key platform.',
  },
  TABLE_MODULE_INVALID: {
    source: 'plugin',
    message: 'The table {table} cannot be loaded from {module}: {reason}.',
    remedy: 'Mend the module, or disable the table.',
  },
  QUERY_DEADLINE: {
    source: 'user',
    message: 'The query {query} was stopped: it ran longer than its deadline of {milliseconds} ms{where}.',
    remedy: 'Constrain the query, or give it more time.',
  },
  QUERY_CANCELLED: {
    source: 'user',
    message: 'The query {query} was cancelled.',
    remedy: 'Run it again if that was not intended.',
  },
  QUERY_BUDGET_ROWS: {
    source: 'user',
    message: 'The query {query} was stopped: its result has more than {limit} rows{where}.',
    remedy: 'Constrain the query, or aggregate its rows.',
  },
  QUERY_BUDGET_BYTES: {
    source: 'user',
    message: 'The query {query} was stopped: its result has more than {limit} bytes{where}.',
    remedy: 'Constrain the query, or choose fewer columns.',
  },
  QUERY_BUDGET_CPU: {
    source: 'user',
    message: 'The query {query} was stopped: it used {used} ms of CPU time, more than its {limit} ms{where}.',
    remedy: 'Constrain the query, or give it more CPU time; docs/guides/limits.md names the flag of each lane.',
  },
  QUERY_AGENT_LIMIT: {
    source: 'user',
    message: 'The query {query} was stopped, since the agent takes more than it may ({limit}): {figure}{where}.',
    remedy:
      'Constrain the query, or raise the limits of the agent: --watchdog_memory_limit, --watchdog_utilization_limit.',
  },
  QUERY_UNDER_PRESSURE: {
    source: 'host',
    message:
      'The query {query} was refused a result of more than {limit} bytes, since the agent is near its memory limit{where}.',
    remedy: 'Run it again later, ask for less, or raise --watchdog_memory_limit.',
  },
  QUERY_HELD: {
    source: 'user',
    message: 'The query {query} is not run before {until}, since it is in quarantine: {evidence}',
    remedy: 'Constrain it, or delete its row from outpost_quarantine to let it run at once.',
  },
  QUERY_BUDGET_MEMORY: {
    source: 'user',
    message:
      'The query {query} was stopped: out of memory, since sorting, grouping and values took more than {limit} bytes{where}.',
    remedy: 'Constrain the query, aggregate less at a time, or raise --query_memory_limit.',
  },
  QUERY_NOT_AUTHORIZED: {
    source: 'user',
    message: '{message}: {action} is refused, since {reason}',
    remedy: 'Do without it; docs/guides/limits.md says what a statement may do.',
  },
  QUERY_NESTED: {
    source: 'plugin',
    message:
      'The query is nested too deep: {depth} queries wait for it, each for an extension that asked the next; {limit} may.',
    remedy: 'Have the tables of extensions ask for no tables that ask for theirs.',
  },
  QUERY_QUEUE_FULL: {
    source: 'host',
    message: 'Already {limit} queries wait in the lane {lane}.',
    remedy: 'Ask again later, or find out which query keeps the others waiting.',
  },
  QUERY_THREAD_LOST: {
    source: 'host',
    message: 'The thread of the query {query} is gone: {reason}.',
    remedy: 'Run the query again; when it happens again, a table that it reads is at fault.',
  },
  ENGINE_CLOSED: {
    source: 'host',
    message: 'The SQL engine was closed.',
    remedy: 'Nothing can be asked any more; the process is ending.',
  },
  // agent
  LOGGER_ABSENT: {
    source: 'plugin',
    message: 'The logger {name} is not there.',
    remedy: 'Start the extension that serves it, or choose another one with --logger_plugin; its lines wait.',
  },
  LOGGER_FAILED: {
    source: 'plugin',
    message: 'The logger {name} did not take a line: {reason}',
    remedy: 'Look at what the logger says; its lines wait and are sent again.',
  },
  PLUGIN_NOT_ACTIVATED: {
    source: 'user',
    message: 'Cannot activate {name} {registry} plugin: {reason}',
    remedy: 'Name a plugin that exists with --{registry}_plugin, or start the extension that serves it.',
  },
  EXTENSIONS_POLICY_INVALID: {
    source: 'user',
    message: 'The policy of extensions {path} cannot be used: {reason}.',
    remedy: 'Mend the file of --extensions_policy; docs/guides/daemon.md has an example.',
  },
  EXTENSIONS_GROUP_UNKNOWN: {
    source: 'user',
    message: 'There is no group {group} in /etc/group.',
    remedy:
      'Set --extensions_group to the name or number of a group; one that a directory server knows needs its number.',
  },
  METRICS_ADDRESS_INVALID: {
    source: 'user',
    message: 'The figures of the agent cannot be given at {address}: {reason}.',
    remedy: 'Set --metrics_listen to 127.0.0.1:PORT, [::1]:PORT or unix:/PATH, where nobody listens yet.',
  },
  // watchdog
  PIDFILE_HELD: {
    source: 'user',
    message: 'The pid file {path} belongs to the running process {pid}.',
    remedy: 'Stop that process (--force kills it), or choose another file with --pidfile.',
  },
  PIDFILE_UNUSABLE: {
    source: 'host',
    message: 'The pid file {path} cannot be used: {reason}.',
    remedy: 'Choose a file in a directory that this user may write with --pidfile.',
  },
  // extensions
  REGISTRY_UNKNOWN: {
    source: 'user',
    message: 'Unknown registry: {registry}',
    remedy: 'Use one of the registries that osquery knows, such as table, config, logger or distributed.',
  },
  REGISTRY_ITEM_CONFLICT: {
    source: 'user',
    message: 'Registry item {item} conflicts with another item of the same name.',
    remedy: 'Give the plugin another name, or do not load the other one.',
  },
  REGISTRY_UUID_CONFLICT: {
    source: 'host',
    message: 'Duplicate extension UUID: {uuid}',
    remedy: 'Register again: another number is drawn.',
  },
  ROUTE_INVALID: {
    source: 'plugin',
    message: 'Invalid route info',
    remedy: 'Announce at least one column for each table.',
  },
  PLUGIN_UNKNOWN: {
    source: 'user',
    message: 'There is no {registry} plugin {item}.',
    remedy: 'Choose one of: {known}; or load the extension that brings it.',
  },
  PLUGIN_MODULE_UNLOADABLE: {
    source: 'user',
    message: 'The plugin module {specifier} cannot be loaded: {reason}.',
    remedy: 'Name an installed package or the path of a module.',
  },
  PLUGIN_MODULE_EMPTY: {
    source: 'plugin',
    message: 'The module {specifier} exports no plugin.',
    remedy:
      'Export what defineTable, defineConfig, defineLogger or defineDistributed return, or a function plugins(options).',
  },
  EXTENSIONS_SOCKET_TOO_LONG: {
    source: 'user',
    message:
      'The path {path} has {length} bytes; with the number of an extension after it, at most {limit} fit a Unix socket.',
    remedy: 'Choose a shorter path with --extensions_socket.',
  },
  EXTENSIONS_SOCKET_READONLY: {
    source: 'host',
    message: 'Cannot write extension socket: {path}',
    remedy: 'Remove it, or choose another path with --extensions_socket.',
  },
  EXTENSIONS_SOCKET_DIRECTORY_MISSING: {
    source: 'user',
    message: 'Extension socket directory missing: {path}',
    remedy: 'Make the directory, or choose another path with --extensions_socket.',
  },
  EXTENSIONS_SOCKET_DIRECTORY_READONLY: {
    source: 'host',
    message: 'Cannot create extension socket: {path}',
    remedy: 'Let this user write to its directory, or choose another path with --extensions_socket.',
  },
  EXTENSION_NOT_RESPONDING: {
    source: 'plugin',
    message: 'extension {name} is not responding since {since}',
    remedy: 'Read the log of the extension; it is used again as soon as it answers or registers anew.',
  },
  // config
  CONFIG_UNAVAILABLE: {
    source: 'plugin',
    message: '{reason}',
    remedy:
      'Make sure that the config plugin {plugin} can reach its source; the configuration that the agent has stays in force.',
  },
  // storage
  STORE_LOCKED: {
    source: 'user',
    message: 'The database {path} is in use by {holder}.',
    remedy: 'Stop that process, or choose another directory with --database_path.',
  },
  STORE_DENIED: {
    source: 'host',
    message: 'The database {path} cannot be opened or written: {reason}.',
    remedy: 'Give this user the right to write there, or choose another directory with --database_path.',
  },
  STORE_FULL: {
    source: 'host',
    message: 'The database {path} cannot be written, because the disk is full.',
    remedy: 'Make room on the disk of {path}; nothing that was acknowledged is lost, and writing goes on by itself.',
  },
  STORE_NEWER: {
    source: 'user',
    message:
      'The database {path} was written by a later version of the agent: its layout is {found}, and this one knows {ours}.',
    remedy: 'Run that version again, or give this one a directory of its own with --database_path.',
  },
  STORE_FAILED: {
    source: 'host',
    message: 'The database {path} failed: {reason}.',
    remedy:
      'Look at the disk and at the limits of this process; choose another directory with --database_path if it persists.',
  },
  STORE_CLOSED: {
    source: 'host',
    message: 'The database {path} is closed.',
    remedy: 'Nothing is to be done: the agent is stopping.',
  },
  // the author's kit
  EXTENSION_NAME_INVALID: {
    source: 'user',
    message: 'An extension cannot be called {name}: {reason}.',
    remedy: 'Choose lower-case letters, digits, hyphens and underscores, a letter first, such as disk-health.',
  },
  EXTENSION_NAME_TAKEN: {
    source: 'user',
    message: 'The agent has a table {name} already.',
    remedy:
      'Choose another name; or leave the table to the extension with --external_tables={name}, and make it by hand.',
  },
  EXTENSION_KIND_MISSING: {
    source: 'user',
    message: 'There is no template for the kind {kind} in {language}.',
    remedy:
      "In {language} there are: {kinds}. osquery's SDK for Python has no live queries; that of extensions/sdk-python has.",
  },
  EXTENSION_DIRECTORY_OCCUPIED: {
    source: 'user',
    message: 'The directory {path} is there already, and is not empty.',
    remedy: 'Choose another one with --directory, or empty it.',
  },
  EXTENSION_DIRECTORY_UNWRITABLE: {
    source: 'host',
    message: 'The project cannot be written to {path}: {reason}.',
    remedy: 'Choose a directory that you may write to, with --directory.',
  },
  RECORDING_UNWRITABLE: {
    source: 'host',
    message: 'The recording {path} cannot be written: {reason}.',
    remedy: 'Name a file that you may write, on a disk that has room.',
  },
  RECORDING_MALFORMED: {
    source: 'user',
    message: '{path} is no recording, in line {line}: {reason}.',
    remedy: 'Name a file that outpost ext record, or outpost ext run --record, has written.',
  },
  REPLAY_UNREGISTERED: {
    source: 'plugin',
    message: 'The extension {command} does not register: {reason}.',
    remedy: 'Read what it says; give the extension after the recording if it lies elsewhere now.',
  },
  SDK_NOT_PACKED: {
    source: 'host',
    message: 'The SDK cannot be packed for the new project: {reason}.',
    remedy: "Run npm ci where Outpost's sources are, and make sure that npm can be run.",
  },
  EXTENSION_FILE_MISSING: {
    source: 'user',
    message: 'There is no file {path}.',
    remedy: 'Name the program or the source file of the extension.',
  },
  EXTENSION_FILE_NOT_RUNNABLE: {
    source: 'user',
    message: 'The file {path} is neither a program nor a source file that is known here.',
    remedy: 'Make it executable (chmod +x), or name what runs it in front of it.',
  },
  EXTENSION_CHECK_UNKNOWN: {
    source: 'user',
    message: 'There is no check {name}.',
    remedy: 'Name one of: {known}.',
  },
  EXTENSION_ROW_INVALID: {
    source: 'user',
    message: 'The row {text} is not of the form TABLE=[values].',
    remedy: 'Write it as --row \'notes=["title", 3]\', with the values of all columns in their order, as JSON.',
  },
  // results
  RESULT_LINE_TOO_LONG: {
    source: 'user',
    message: 'The rows of the query {query} make a log line of more than {limit} characters.',
    remedy:
      'Constrain the query, or log a line for each row: --logger_snapshot_event_type for snapshots, --logger_event_type for differences.',
  },
  RESULT_MALFORMED: {
    source: 'host',
    message: 'A block of result rows is malformed at byte {offset}: {reason}.',
    remedy: 'Report it: the engine and the differ of this build do not agree.',
  },
} as const satisfies Record<string, ErrorEntry>;

/** A code of the table of errors. */
export type ErrorCode = keyof typeof entries;

/** Values that fill the `{name}` places of a message. */
export type ErrorValues = Readonly<Record<string, string | number>>;

const fill = (text: string, values: ErrorValues): string =>
  text.replace(/\{(\w+)\}/g, (place, name: string) => (name in values ? String(values[name]) : place));

/** What else an error may be told. */
export interface ErrorOptions {
  readonly cause?: unknown;
  readonly sqliteCode?: number;
  /** The words of another process, in place of those of the table. */
  readonly said?: { readonly message: string; readonly remedy: string; readonly source: ErrorSource };
}

/** An error of the table: `message` says what happened and where, `remedy` what to do. */
export class OutpostError extends Error {
  override readonly name = 'OutpostError';
  readonly code: ErrorCode;
  readonly source: ErrorSource;
  readonly remedy: string;
  /** SQLite's result code, where the error is one of a statement. */
  readonly sqliteCode: number | undefined;

  constructor(code: ErrorCode, values: ErrorValues = {}, options: ErrorOptions = {}) {
    const entry: ErrorEntry = options.said ?? entries[code];
    super(fill(entry.message, values), options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.source = entry.source;
    this.remedy = fill(entry.remedy, values);
    this.sqliteCode = options.sqliteCode;
  }
}

/** All entries, for the generated docs/errors.md. */
export const errorTable: Readonly<Record<ErrorCode, ErrorEntry>> = entries;
