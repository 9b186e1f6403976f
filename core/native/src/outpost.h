/* Shared declarations of the native module: one shared object that is both a SQLite loadable extension and a Node-API addon.
 *
 *   connection.c  the table of connections, their settings, the authorizer, interruption
 *   table.c       the virtual-table module: cursors, writes
 *   plan.c        what a table is told of a statement: planning
 *   rows.c        reading row blocks: MessagePack arrays and Thrift list<map<string,string>>
 *   identity.c    row identities for tables that have no row ids of their own
 *   result.c      writing result blocks: MessagePack arrays and Thrift map<string,string>
 *   version.c     version collations and version_compare
 *   math.c        mathematical functions
 *   memory.c      a ceiling for what SQLite allocates
 *   functions.c   SQL functions whose bodies are JavaScript
 *   line.c        a connection to an extension over a Unix socket, and who is at its other end
 *   message.c     where a message of the extension protocol ends
 *   transact.c    a blocking exchange over a connection of its own
 *   session.c     calls over a connection that stays open
 *   javascript.c  calls from SQLite into JavaScript
 *   schema.c      reading the schema of a table
 *   outpost.c     the functions that JavaScript calls
 *   statement.c   those of them about statements
 *   exchange.c    those of them about extensions
 *   call.c        what they have in common
 */
#ifndef OUTPOST_H
#define OUTPOST_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#define NAPI_VERSION 9
#include <node_api.h>
#include <sqlite3ext.h>

/* A growable array of bytes. After a failed allocation `failed` is set and nothing more is written. */
typedef struct Bytes {
  uint8_t *data;
  size_t length, capacity;
  bool failed;
} Bytes;

bool bytes_reserve(Bytes *bytes, size_t extra);
void bytes_append(Bytes *bytes, const void *data, size_t length);
void bytes_free(Bytes *bytes);

/* ---- schema of a table ---- */

enum ColumnType { TYPE_UNKNOWN, TYPE_TEXT, TYPE_INTEGER, TYPE_BIGINT, TYPE_UNSIGNED_BIGINT, TYPE_DOUBLE, TYPE_BLOB };

enum ColumnOption {
  OPTION_INDEX = 1,
  OPTION_REQUIRED = 2,
  OPTION_ADDITIONAL = 4,
  OPTION_OPTIMIZED = 8,
};

enum Pushdown { PUSHDOWN_ALL, PUSHDOWN_OSQUERY };

typedef struct Column {
  char *name;
  size_t name_length;
  enum ColumnType type;
  uint32_t options;
  bool exact;
  int32_t target; /* the column that a column alias stands for, or -1 */
  char collation[16]; /* the declared collation, BINARY when none */
} Column;

typedef struct Schema {
  int64_t table;
  char *ddl;
  char *example; /* may be NULL */
  Column *columns;
  uint32_t column_count;
  int32_t *order;
  uint32_t order_count;
  enum Pushdown pushdown;
  bool writable;
} Schema;

bool schema_read(napi_env env, napi_value object, Schema *schema); /* on failure what was read has to be freed, too */
void schema_free(Schema *schema);

/* ---- connections ---- */

enum Callback { CALLBACK_CONNECT, CALLBACK_OPEN, CALLBACK_NEXT, CALLBACK_CLOSE, CALLBACK_UPDATE, CALLBACK_COUNT };

typedef struct Statement Statement;
typedef struct Module Module;
typedef struct Function Function;

/* How much SQLite may hold in a thread, and whose statement is interrupted when it wants more. */
typedef struct MemoryBound {
  int64_t ceiling; /* bytes */
  sqlite3 *db;     /* may be NULL */
  atomic_llong *meter; /* where other threads see what is held; may be NULL */
} MemoryBound;

typedef struct Connection {
  sqlite3 *db;
  uint32_t id;
  uint32_t references;
  struct Connection *next;

  napi_env env; /* NULL until attached and after detachment: then no JavaScript is called */
  napi_ref callbacks[CALLBACK_COUNT];
  napi_ref receiver;
  napi_ref registers_reference;
  napi_ref failure; /* the last exception of a callback; becomes the cause of the statement's error */

  Statement *statements;
  Module *modules;
  Function *functions;
  uint32_t next_cursor;
  uint32_t depth; /* calls into SQLite under way */
  char *denial;   /* the last denial of the authorizer, as its log line */
  bool changed;   /* a statement was prepared that may leave something behind: a table, a view, a setting */
  int64_t memory_limit; /* bytes that SQLite may allocate for a run; 0 any */
  int64_t memory_base;  /* bytes that it held when the run began */
  clockid_t cpu_clock;  /* of the thread that it is attached to */

  atomic_uint run;         /* the run under way, for interrupts meant for one run only */
  atomic_bool interrupted; /* sticky until the next run begins */
  uint32_t parent;         /* the connection for whose run this one works, or 0; guarded by the mutex of the table */
  atomic_llong cpu_base; /* of the thread when the run began, nanoseconds */
  atomic_llong memory_meter; /* bytes that SQLite holds in the thread while it works for the connection */
} Connection;

Connection *connection_find(uint32_t id, napi_env env);
bool connection_interrupt(uint32_t id, uint32_t run);
void connection_adopt(const Connection *parent, Connection *child);
void connection_retain(Connection *connection);
void connection_release(Connection *connection);
void connection_detach(Connection *connection);
void connection_attach(Connection *connection, napi_env env);
void connection_clear_failure(Connection *connection);
void connection_authorize(Connection *connection, bool on);
void connection_begin_run(Connection *connection, uint32_t run, int64_t memory_limit);
int64_t connection_cpu(uint32_t id, uint32_t run);
int64_t connection_memory(uint32_t id, uint32_t run);
MemoryBound connection_enter(Connection *connection);
void connection_leave(Connection *connection, MemoryBound entered);

/* ---- statements ---- */

struct Statement {
  Connection *connection;
  sqlite3_stmt *handle;
  Statement *previous, *next;
  Bytes output;
  uint32_t column_count;
  uint32_t *sorted; /* positions of the columns in the order of a Thrift row */
  uint32_t sorted_count;
  bool running, done;
};

void statement_finalize(Statement *statement);
bool statement_sort_columns(Statement *statement);
void result_messagepack_row(Statement *statement);
void result_thrift_row(Statement *statement, const char *null_text, size_t null_length);
size_t result_messagepack_header(uint8_t out[5], uint32_t rows);

/* ---- tables ---- */

typedef struct Counters {
  uint64_t scans, rows, bytes, nanoseconds;
} Counters;

/* One declared name. It carries its own sqlite3_module, because xUpdate depends on the schema. */
struct Module {
  sqlite3_module methods;
  Connection *connection;
  char *name;
  Counters counters;
  Module *next;
};

int module_declare(Connection *connection, const char *name);
int module_undeclare(Connection *connection, const char *name);
uint64_t now_nanoseconds(void);

/* ---- rows of a block ---- */

enum Encoding { ENCODING_MESSAGEPACK, ENCODING_THRIFT };

enum CellKind { CELL_NULL, CELL_INTEGER, CELL_DOUBLE, CELL_TEXT, CELL_BLOB, CELL_RAW };

/* A value of the current row; text, blob and raw (a Thrift string not yet converted) point into the block. */
typedef struct Cell {
  enum CellKind kind;
  uint32_t length;
  union {
    int64_t integer;
    double real;
    const uint8_t *data;
  };
} Cell;

typedef struct Block {
  uint8_t *data;
  size_t length, capacity, offset;
  enum Encoding encoding;
  uint64_t columns; /* that the rows of a MessagePack block have, as a mask; 0: those that the scan asked for */
  uint32_t rows_left;
  bool more;
} Block;

typedef struct Rows {
  const Schema *schema;
  Block block;
  uint32_t *used; /* columns of the rows of a MessagePack block */
  uint32_t used_count;
  uint64_t wanted; /* columns that the scan asked for, as a mask */
  Cell *cells; /* one a column */
  Cell rowid;  /* CELL_NULL when the row has none */
  uint32_t *key_order;
  uint32_t key_order_count, key_order_capacity;
} Rows;

#define KEY_EXTRA UINT32_MAX
#define KEY_ROWID (UINT32_MAX - 1)

const char *rows_load(Rows *rows); /* reads the header of a new block; NULL, or what is wrong */
const char *rows_next(Rows *rows); /* reads one row; NULL, or what is wrong */
void rows_result(const Rows *rows, sqlite3_context *context, uint32_t column);
bool rows_rowid(const Rows *rows, int64_t *out);

/* ---- identities ---- */

typedef struct IdentitySlot {
  uint64_t key;
  int64_t value;
  uint32_t scan;
  bool taken;
} IdentitySlot;

typedef struct IdentityMap {
  IdentitySlot *slots;
  size_t capacity, count;
} IdentityMap;

typedef struct Identity {
  IdentityMap occurrences, ids;
  int64_t fresh;
} Identity;

bool identity_of(Identity *identity, const Rows *rows, uint32_t scan, int64_t index, int64_t *out);
void identity_free(Identity *identity);

/* ---- scans ---- */

typedef struct Scan {
  int64_t table;
  uint32_t cursor;
  uint32_t used_low, used_high;
  int64_t limit;
  const int32_t *order;
  uint32_t order_count;
} Scan;

typedef struct ConstraintValue {
  int32_t column;
  int32_t operator;
  bool list;
  bool literal; /* the value stands in the statement */
  sqlite3_value *value;
} ConstraintValue;

typedef struct ConstraintList {
  ConstraintValue *items;
  uint32_t count;
  enum Pushdown pushdown;
} ConstraintList;

/* A plan with the values of one scan. */
typedef struct Parsed {
  Scan scan;
  ConstraintList constraints; /* the caller gives it room for as many items as there are values, and one more */
  int32_t order[64];
  sqlite3_value *limit, *offset;
  bool required; /* a required column is constrained */
} Parsed;

int plan_make(sqlite3 *db, const Schema *schema, sqlite3_index_info *info);
void plan_read(Parsed *parsed, const Schema *schema, const char *plan, int count, sqlite3_value **values);

/* ---- calls into JavaScript; each returns a SQLite code and on failure a message from sqlite3_malloc in *error ---- */

int javascript_connect(Connection *connection, const char *name, Schema *out, char **error);
int javascript_open(Connection *connection, const Scan *scan, const ConstraintList *constraints, Block *block, bool *end,
                    char **error);
int javascript_next(Connection *connection, uint32_t cursor, Block *block, bool *end, char **error);
void javascript_close(Connection *connection, uint32_t cursor);

typedef struct Write {
  int64_t table;
  int kind; /* 1 insert, 2 update, 3 delete */
  sqlite3_value *rowid, *new_rowid;
  sqlite3_value **values;
  uint32_t value_count;
} Write;

int javascript_update(Connection *connection, const Write *write, int64_t *rowid, char **error);

/* Takes the pending exception; it becomes the cause of the statement's error. */
int javascript_take_exception(Connection *connection, char **error);

/* ---- memory ---- */

void memory_install(void);
int64_t memory_held(void); /* bytes that SQLite has allocated in this thread and not freed */
MemoryBound memory_bound(MemoryBound next); /* sets the bound of this thread; returns the one before */
bool memory_take_refusal(void); /* whether an allocation failed for the ceiling since the last call, in this thread */

/* ---- versions ---- */

int version_register(sqlite3 *db);

/* ---- functions ---- */

int math_register(sqlite3 *db);

enum FunctionFlag {
  FUNCTION_DETERMINISTIC = 1,
  FUNCTION_NULLS = 2, /* NULLs reach the body; otherwise one of them makes the result NULL */
  FUNCTION_AGGREGATE = 4,
};

typedef struct FunctionDefinition {
  const char *name;
  int arity;         /* -1: any */
  const char *kinds; /* how each argument is passed, the last standing for all that follow: t, b, i or v */
  uint32_t flags;
  napi_value body;
} FunctionDefinition;

int function_define(Connection *connection, const FunctionDefinition *definition);
void functions_detach(Connection *connection);

/* ---- exchange ---- */

enum ExchangeCode {
  EXCHANGE_OK,
  EXCHANGE_CONNECT,
  EXCHANGE_CLOSED,
  EXCHANGE_DEADLINE,
  EXCHANGE_CANCELLED,
  EXCHANGE_MALFORMED,
  EXCHANGE_PEER,
  EXCHANGE_MEMORY,
  EXCHANGE_BUSY,
};

#define MESSAGE_DEPTH 64

/* A struct, or elements of one or two alternating types, that a scan is in. */
typedef struct MessageFrame {
  uint8_t kind, key, value;
  bool at_value;
  uint64_t left;
} MessageFrame;

/* How far a message was read. To begin, only the limit is set: the bytes that a string of it may have, or entries a container. */
typedef struct MessageScan {
  size_t limit;
  size_t offset; /* everything before is understood; when done, the length of the message */
  int32_t id;    /* its sequence id, once begun */
  MessageFrame stack[MESSAGE_DEPTH];
  uint32_t depth;
  bool begun, done;
} MessageScan;

/* Goes on with a scan over all bytes that have come so far. False when they are no message. */
bool message_scan(MessageScan *scan, const uint8_t *data, size_t length);

/* Whose socket a line may lead to. */
#define MAXIMUM_UIDS 16
typedef struct Users {
  bool any;
  uint32_t count;
  int64_t uids[MAXIMUM_UIDS];
} Users;

/* A connection, until when it is waited for, and what went wrong. */
typedef struct Line {
  int fd; /* -1: closed */
  int64_t end_ms;
  const atomic_int *cancel; /* may be NULL */
  char message[256];
} Line;

void line_until(Line *line, int64_t deadline_ms, const atomic_int *cancel);
enum ExchangeCode line_open(Line *line, const char *path, const Users *allowed);
enum ExchangeCode line_send(Line *line, const uint8_t *data, size_t length);
enum ExchangeCode line_receive(Line *line, Bytes *into); /* at least a byte */
/* Receives until the first message of `into` is whole; what follows it may be there, too. */
enum ExchangeCode line_receive_message(Line *line, Bytes *into, MessageScan *scan);
enum ExchangeCode line_fault(Line *line, enum ExchangeCode code, const char *what, int number);
void line_close(Line *line);

typedef struct Exchange {
  const char *path;
  const uint8_t *request;
  size_t request_length;
  size_t maximum_bytes;
  Users allowed;
} Exchange;

enum ExchangeCode exchange_run(Line *line, const Exchange *exchange, Bytes *reply);

typedef struct Session Session;

Session *session_new(size_t maximum_bytes); /* not connected: see session_line; NULL without memory */
Line *session_line(Session *session);
enum ExchangeCode session_send(Session *session, int32_t id, const uint8_t *message, size_t length); /* id 0: a notice */
enum ExchangeCode session_receive(Session *session, int32_t id, Bytes *reply);
void session_forget(Session *session, int32_t id); /* its answer is passed over */
void session_close(Session *session); /* to be freed afterwards */

bool peer_credentials(int fd, int64_t *pid, int64_t *uid, int64_t *gid);
/* The supplementary groups that the peer had when it connected, to be freed; false where the kernel does not say. */
bool peer_groups(int fd, gid_t **groups, size_t *count);

#endif
