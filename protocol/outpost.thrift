// The extension protocol, version 2: what Outpost adds to osquery's (osquery.thrift). Same encoding (strict TBinaryProtocol,
// unframed), same Unix sockets, same rules: a field id never changes its meaning, a missing field is empty, 0 or false, an unknown
// field is skipped, an unknown method is answered with the exception UNKNOWN_METHOD. docs/protocol.md is the specification.
//
// Negotiation. A manager that speaks version 2 lists the option `outpost_protocol` with the value `2` in options(). Only then does
// an extension call openLease() instead of registerExtension(), and only who holds a lease is called with the methods of
// ExtensionV2, on its own socket. A peer that does neither sees osquery's protocol, byte for byte.
//
// Calls. Methods of version 2 are answered as they are done, in any order, by the sequence id of their request, which is unique
// among the unanswered calls of a connection. Methods of version 1 are answered in the order in which they came.
//
// Rows. A block of rows is a MessagePack array of arrays, one array a row and one value a column, in the order of the columns
// named by the request: nil, integer, float 64, str (text, UTF-8), bin (bytes).

include "osquery.thrift"

// ---- outcomes ----

// Whose turn it is, as in docs/errors.md.
enum Source {
  NONE = 0
  USER = 1
  PLUGIN = 2
  HOST = 3
  DOWNSTREAM = 4
}

// How a call of version 2 ended. `error` is empty on success, else a code of the registry in docs/errors.md.
struct Outcome {
  1: string error
  2: string message
  3: string remedy
  4: Source source
}

// On what terms the caller waits.
struct Terms {
  1: i32 deadline_ms // from the receipt of the call; 0: the server's own limit. What is not done by then is answered CALL_DEADLINE.
}

// ---- tables ----

struct ColumnDocument {
  1: string name
  2: string description
}

// What a route row of version 1 has no place for.
struct TableDocument {
  1: string name
  2: string description
  3: list<string> examples
  4: list<string> platforms
  5: list<ColumnDocument> columns
  6: list<string> order        // columns in whose ascending order the rows come
  7: list<string> exact        // columns whose = and IN constraints are applied exactly
  8: bool writable             // takes write()
  9: bool pushed               // an event table: its rows come by pushEvents(), never by openRows()
}

struct OrderTerm {
  1: string column
  2: bool descending
}

// One scan of a table.
struct Scan {
  1: string table
  2: list<string> columns   // the columns of each row, in this order; `rowid`, the row's id, of writable tables only
  3: binary constraints     // MessagePack: an array of [column, operator (its number of version 1), [values]]
  4: i64 limit              // the caller reads no more rows than this; 0: no limit
  5: list<OrderTerm> order
}

// A piece of a result. While `more` is true the server keeps a cursor, until it is read to its end, closed, or the connection ends.
struct Page {
  1: Outcome outcome
  2: i64 cursor
  3: bool more
  4: binary rows            // a block of rows; empty: no row in this page
  5: list<string> warnings  // what the table has to say, for the status log
  6: list<string> columns   // of the first page of a query: names
  7: list<string> types     // of the first page of a query: declared types, in capitals
}

// A row to be written.
struct RowWrite {
  1: string table
  2: i32 kind               // 1 insert, 2 update, 3 delete
  3: i64 row_id             // of the row that is there
  4: bool has_row_id        // whether an insert asks for row_id
  5: i64 new_row_id         // of an update
  6: binary values          // a block of one row: every column of the table
}

struct Written {
  1: Outcome outcome
  2: i64 row_id             // of an inserted row
}

// ---- loggers ----

enum LogKind {
  RESULT = 0                // a line of results: differential, event or batch format
  SNAPSHOT = 1
  STATUS = 2                // status lines as JSON, as in logStatus of version 1
}

struct LogLine {
  1: LogKind kind
  2: binary line            // UTF-8
}

struct LogAnswer {
  1: Outcome outcome
  2: i32 accepted           // so many lines, from the first on, are delivered and are never given again
}

struct PluginAnswer {
  1: Outcome outcome
  2: osquery.ExtensionResponse answer
}

// Spoken by an extension, on its own socket.
service ExtensionV2 extends osquery.Extension {
  // Begins a scan and gives its first page. `page_bytes`: about how large the caller wants a page; the server may keep to its own size.
  Page openRows(1: Scan scan, 2: i32 page_bytes, 3: Terms terms)
  // The next page of a cursor. Each call is a credit for one page; at most 4 of a cursor may be unanswered, and they are answered in order.
  Page nextRows(1: i64 cursor, 2: i32 page_bytes, 3: Terms terms)
  // Gives a cursor up; unanswered pages are answered at once. Closing an unknown cursor does nothing.
  oneway void closeRows(1: i64 cursor)
  Written write(1: RowWrite row, 2: Terms terms)
  // Delivers lines, in order. No more lines are sent to a logger while a call is unanswered than its window (docs/protocol.md).
  LogAnswer logLines(1: string logger, 2: list<LogLine> lines, 3: Terms terms)
  // call() of version 1, on terms.
  PluginAnswer ask(1: string registry, 2: string item, 3: osquery.ExtensionPluginRequest request, 4: Terms terms)
  // Gives up the unanswered call of this connection with this sequence id; it is answered CALL_CANCELLED, or as if nothing had
  // been said when it was just done.
  oneway void cancel(1: i32 sequence_id)
}

// ---- what the manager answers ----

// What a registration holds. A later registration of the same name has a higher generation.
struct Lease {
  1: osquery.ExtensionRouteUUID uuid
  2: i64 generation
}

struct LeaseGrant {
  1: Outcome outcome
  2: Lease lease            // afterwards the extension listens on the manager's socket path, a dot and the uuid
  3: i32 interval_ms        // how often the manager wants renew()
}

enum LeaseState {
  HELD = 0
  UNKNOWN = 1               // open another one, at once
  REPLACED = 2              // another extension of this name holds it: end
}

struct LeaseAnswer {
  1: Outcome outcome
  2: LeaseState state
  3: i32 interval_ms        // when the manager wants to hear again
}

// What an event table may still push.
struct EventAnswer {
  1: Outcome outcome
  2: i64 sequence           // the last event that is stored
  3: i64 credit_bytes       // how many bytes of blocks may follow before the next answer
  4: i32 credit_ms          // when credit_bytes is 0: when to ask again, with an empty push
}

// Spoken by the core, on the manager's socket.
service ExtensionManagerV2 extends osquery.ExtensionManager {
  // registerExtension() of version 1, by an extension that speaks version 2. deregisterExtension() gives the lease back.
  LeaseGrant openLease(1: osquery.InternalExtensionInfo info, 2: osquery.ExtensionRegistry registry, 3: list<TableDocument> tables, 4: Terms terms)
  // A sign of life that tells whether the lease still stands.
  LeaseAnswer renew(1: Lease lease)
  // Adds and removes plugins on a living lease, by registry. What is added replaces what has its name. All or nothing.
  LeaseGrant updateRegistry(1: Lease lease, 2: osquery.ExtensionRegistry add, 3: list<TableDocument> tables, 4: map<string, list<string>> remove, 5: Terms terms)
  // query() of version 1 with typed rows, page by page.
  Page openQuery(1: string sql, 2: i32 page_bytes, 3: Terms terms)
  Page nextRows(1: i64 cursor, 2: i32 page_bytes, 3: Terms terms)
  oneway void closeRows(1: i64 cursor)
  PluginAnswer ask(1: string registry, 2: string item, 3: osquery.ExtensionPluginRequest request, 4: Terms terms)
  // Events of an event table: a block of rows, numbered from `sequence` on without a gap. `lost`: so many were lost before them, and why.
  EventAnswer pushEvents(1: Lease lease, 2: string table, 3: i64 sequence, 4: binary rows, 5: i64 lost, 6: string reason, 7: Terms terms)
  oneway void cancel(1: i32 sequence_id)
}
