/* The functions that JavaScript calls; core/src/engine/native.ts is their only caller and holds their contract. */
#include <stdlib.h>
#include <string.h>

#include "outpost.h"

SQLITE_EXTENSION_INIT3

/* ---- errors ---- */

static napi_value throw_text(napi_env env, const char *message) {
  napi_throw_error(env, NULL, message);
  return NULL;
}

static void set_integer(napi_env env, napi_value object, const char *name, int64_t number) {
  napi_value value;
  if (napi_create_int64(env, number, &value) == napi_ok) napi_set_named_property(env, object, name, value);
}

static void set_text(napi_env env, napi_value object, const char *name, const char *text) {
  napi_value value;
  napi_status status = text ? napi_create_string_utf8(env, text, NAPI_AUTO_LENGTH, &value) : napi_get_null(env, &value);
  if (status == napi_ok) napi_set_named_property(env, object, name, value);
}

static void set_bool(napi_env env, napi_value object, const char *name, bool flag) {
  napi_value value;
  if (napi_get_boolean(env, flag, &value) == napi_ok) napi_set_named_property(env, object, name, value);
}

static napi_value new_error(napi_env env, const char *message) {
  napi_value text, error = NULL;
  napi_create_string_utf8(env, message, NAPI_AUTO_LENGTH, &text);
  napi_create_error(env, NULL, text, &error);
  return error;
}

/* Throws SQLite's last error: message, sqliteCode, the offset of a syntax error, the exception behind it as its cause. */
static napi_value throw_sqlite(Connection *connection, int code, const char *message, int64_t base_offset) {
  napi_env env = connection->env;
  napi_value error = new_error(env, message ? message : sqlite3_errmsg(connection->db)), cause;
  set_integer(env, error, "sqliteCode", code);
  int offset = sqlite3_error_offset(connection->db);
  if (!message && offset >= 0) set_integer(env, error, "offset", base_offset + offset);
  if (connection->failure && napi_get_reference_value(env, connection->failure, &cause) == napi_ok && cause) {
    napi_set_named_property(env, error, "cause", cause);
  }
  connection_clear_failure(connection);
  napi_throw(env, error);
  return NULL;
}

/* ---- arguments ---- */

#define MAXIMUM_ARGUMENTS 6

typedef struct Call {
  napi_env env;
  size_t count;
  napi_value values[MAXIMUM_ARGUMENTS];
} Call;

static Call call_of(napi_env env, napi_callback_info info) {
  Call call = {.env = env, .count = MAXIMUM_ARGUMENTS};
  napi_get_cb_info(env, info, &call.count, call.values, NULL, NULL);
  return call;
}

static bool argument_integer(const Call *call, size_t index, int64_t *out) {
  return napi_get_value_int64(call->env, call->values[index], out) == napi_ok;
}

static char *argument_text(const Call *call, size_t index, size_t *length) {
  size_t size;
  if (napi_get_value_string_utf8(call->env, call->values[index], NULL, 0, &size) != napi_ok) return NULL;
  char *text = malloc(size + 1);
  if (text && napi_get_value_string_utf8(call->env, call->values[index], text, size + 1, &size) == napi_ok) {
    if (length) *length = size;
    return text;
  }
  free(text);
  return NULL;
}

static bool argument_bytes(const Call *call, size_t index, const uint8_t **data, size_t *length) {
  napi_typedarray_type type;
  void *pointer;
  if (napi_get_typedarray_info(call->env, call->values[index], &type, length, &pointer, NULL, NULL) != napi_ok) return false;
  *data = pointer;
  return type == napi_uint8_array;
}

/* The connection of the handle in the first argument, if it is this thread's; otherwise an exception is pending. */
static Connection *argument_connection(const Call *call) {
  int64_t id;
  Connection *connection = argument_integer(call, 0, &id) ? connection_find((uint32_t)id, call->env) : NULL;
  if (connection) return connection;
  throw_text(call->env, "The connection is closed, not attached, or belongs to another thread.");
  return NULL;
}

static napi_value number(napi_env env, int64_t value) {
  napi_value result = NULL;
  napi_create_int64(env, value, &result);
  return result;
}

static napi_value boolean(napi_env env, bool value) {
  napi_value result = NULL;
  napi_get_boolean(env, value, &result);
  return result;
}

static napi_value nothing(napi_env env) {
  napi_value result = NULL;
  napi_get_undefined(env, &result);
  return result;
}

/* ---- connections ---- */

static bool reference_callbacks(Connection *connection, napi_value callbacks) {
  static const char *const names[CALLBACK_COUNT] = {"connect", "open", "next", "close", "update"};
  napi_env env = connection->env;
  for (int i = 0; i < CALLBACK_COUNT; i++) {
    napi_value function;
    napi_valuetype type;
    if (napi_get_named_property(env, callbacks, names[i], &function) != napi_ok ||
        napi_typeof(env, function, &type) != napi_ok || type != napi_function ||
        napi_create_reference(env, function, 1, &connection->callbacks[i]) != napi_ok) {
      return false;
    }
  }
  return true;
}

static napi_value attach(napi_env env, napi_callback_info info) {
  Call call = call_of(env, info);
  int64_t id;
  Connection *connection = argument_integer(&call, 0, &id) ? connection_find((uint32_t)id, NULL) : NULL;
  if (!connection) return throw_text(env, "The connection is closed or already attached.");
  napi_typedarray_type type;
  size_t length;
  void *data;
  if (napi_get_typedarray_info(env, call.values[2], &type, &length, &data, NULL, NULL) != napi_ok ||
      type != napi_int32_array || length < 2) {
    return throw_text(env, "The registers must be an Int32Array of two.");
  }
  connection_attach(connection, env);
  if (!reference_callbacks(connection, call.values[1]) ||
      napi_create_reference(env, call.values[1], 1, &connection->receiver) != napi_ok ||
      napi_create_reference(env, call.values[2], 1, &connection->registers_reference) != napi_ok) {
    connection_detach(connection);
    return throw_text(env, "The callbacks must be functions: connect, open, next, close and update.");
  }
  return nothing(env);
}

static napi_value close_handle(napi_env env, napi_callback_info info) {
  Call call = call_of(env, info);
  Connection *connection = argument_connection(&call);
  if (!connection) return NULL;
  if (connection->depth) return throw_text(env, "The connection is in use.");
  connection_detach(connection);
  return nothing(env);
}

static napi_value declare(napi_env env, napi_callback_info info) {
  Call call = call_of(env, info);
  Connection *connection = argument_connection(&call);
  uint32_t count = 0;
  if (!connection) return NULL;
  if (napi_get_array_length(env, call.values[1], &count) != napi_ok) return throw_text(env, "The names must be an array.");
  for (uint32_t i = 0; i < count; i++) {
    Call element = {.env = env, .count = 1};
    napi_handle_scope scope;
    napi_open_handle_scope(env, &scope);
    napi_get_element(env, call.values[1], i, &element.values[0]);
    char *name = argument_text(&element, 0, NULL);
    int rc = name ? module_declare(connection, name) : SQLITE_MISUSE;
    free(name);
    napi_close_handle_scope(env, scope);
    if (rc) return throw_sqlite(connection, rc, rc == SQLITE_MISUSE ? "A table name must be text." : NULL, 0);
  }
  return nothing(env);
}

static napi_value undeclare(napi_env env, napi_callback_info info) {
  Call call = call_of(env, info);
  Connection *connection = argument_connection(&call);
  if (!connection) return NULL;
  char *name = argument_text(&call, 1, NULL);
  int rc = name ? module_undeclare(connection, name) : SQLITE_MISUSE;
  free(name);
  return rc ? throw_sqlite(connection, rc, NULL, 0) : nothing(env);
}

static napi_value define_function(napi_env env, napi_callback_info info) {
  Call call = call_of(env, info);
  Connection *connection = argument_connection(&call);
  int64_t arity, flags;
  if (!connection) return NULL;
  char *name = argument_text(&call, 1, NULL), *kinds = argument_text(&call, 3, NULL);
  int rc = SQLITE_MISUSE;
  if (name && kinds && argument_integer(&call, 2, &arity) && argument_integer(&call, 4, &flags)) {
    FunctionDefinition definition = {name, (int)arity, kinds, (uint32_t)flags, call.values[5]};
    rc = function_define(connection, &definition);
  }
  free(name);
  free(kinds);
  return rc ? throw_sqlite(connection, rc, rc == SQLITE_MISUSE ? "The function is not well formed." : NULL, 0) : nothing(env);
}

static napi_value interrupt(napi_env env, napi_callback_info info) {
  Call call = call_of(env, info);
  int64_t id = 0, run = 0;
  argument_integer(&call, 0, &id);
  argument_integer(&call, 1, &run);
  return boolean(env, connection_interrupt((uint32_t)id, (uint32_t)run));
}

static napi_value begin_run(napi_env env, napi_callback_info info) {
  Call call = call_of(env, info);
  Connection *connection = argument_connection(&call);
  int64_t run = 0, memory_limit = 0;
  if (!connection) return NULL;
  argument_integer(&call, 1, &run);
  argument_integer(&call, 2, &memory_limit);
  connection_begin_run(connection, (uint32_t)run, memory_limit);
  return nothing(env);
}

static napi_value run_cpu(napi_env env, napi_callback_info info) {
  Call call = call_of(env, info);
  int64_t id = 0, run = 0;
  argument_integer(&call, 0, &id);
  argument_integer(&call, 1, &run);
  return number(env, connection_cpu((uint32_t)id, (uint32_t)run));
}

static napi_value take_changed(napi_env env, napi_callback_info info) {
  Call call = call_of(env, info);
  Connection *connection = argument_connection(&call);
  if (!connection) return NULL;
  bool changed = connection->changed;
  connection->changed = false;
  return boolean(env, changed);
}

static napi_value take_refusal(napi_env env, napi_callback_info info) {
  (void)info;
  return boolean(env, memory_take_refusal());
}

static napi_value adopt(napi_env env, napi_callback_info info) {
  Call call = call_of(env, info);
  const Connection *parent = argument_connection(&call);
  if (!parent) return NULL;
  call.values[0] = call.values[1];
  Connection *child = argument_connection(&call);
  if (!child) return NULL;
  connection_adopt(parent, child);
  return nothing(env);
}

static napi_value changes(napi_env env, napi_callback_info info) {
  Call call = call_of(env, info);
  Connection *connection = argument_connection(&call);
  return connection ? number(env, sqlite3_changes64(connection->db)) : NULL;
}

static napi_value in_transaction(napi_env env, napi_callback_info info) {
  Call call = call_of(env, info);
  Connection *connection = argument_connection(&call);
  return connection ? boolean(env, !sqlite3_get_autocommit(connection->db)) : NULL;
}

static napi_value authorize(napi_env env, napi_callback_info info) {
  Call call = call_of(env, info);
  Connection *connection = argument_connection(&call);
  bool on = true;
  if (!connection) return NULL;
  napi_get_value_bool(env, call.values[1], &on);
  connection_authorize(connection, on);
  return nothing(env);
}

static napi_value take_denial(napi_env env, napi_callback_info info) {
  Call call = call_of(env, info);
  Connection *connection = argument_connection(&call);
  napi_value result;
  if (!connection) return NULL;
  if (!connection->denial) {
    napi_get_null(env, &result);
    return result;
  }
  napi_create_string_utf8(env, connection->denial, NAPI_AUTO_LENGTH, &result);
  sqlite3_free(connection->denial);
  connection->denial = NULL;
  return result;
}

static napi_value counters(napi_env env, napi_callback_info info) {
  Call call = call_of(env, info);
  Connection *connection = argument_connection(&call);
  napi_value result;
  uint32_t count = 0;
  if (!connection) return NULL;
  napi_create_array(env, &result);
  for (const Module *module = connection->modules; module; module = module->next) {
    if (!module->counters.scans) continue;
    napi_value entry;
    napi_create_object(env, &entry);
    set_text(env, entry, "name", module->name);
    set_integer(env, entry, "scans", (int64_t)module->counters.scans);
    set_integer(env, entry, "rows", (int64_t)module->counters.rows);
    set_integer(env, entry, "bytes", (int64_t)module->counters.bytes);
    set_integer(env, entry, "nanoseconds", (int64_t)module->counters.nanoseconds);
    napi_set_element(env, result, count++, entry);
  }
  return result;
}

static napi_value reset_counters(napi_env env, napi_callback_info info) {
  Call call = call_of(env, info);
  Connection *connection = argument_connection(&call);
  if (!connection) return NULL;
  for (Module *module = connection->modules; module; module = module->next) module->counters = (Counters){0};
  return nothing(env);
}

/* ---- statements ---- */

void statement_finalize(Statement *statement) {
  Connection *connection = statement->connection;
  if (!connection) return;
  if (statement->previous) statement->previous->next = statement->next;
  else connection->statements = statement->next;
  if (statement->next) statement->next->previous = statement->previous;
  sqlite3_finalize(statement->handle);
  bytes_free(&statement->output);
  free(statement->sorted);
  statement->connection = NULL;
  statement->handle = NULL;
  statement->sorted = NULL;
}

/* A statement that was never finalized is collected. */
static void collect(napi_env env, void *data, void *hint) {
  (void)env, (void)hint;
  statement_finalize(data);
  free(data);
}

static const napi_type_tag statement_tag = {0x6f7574706f737401, 0x73746174656d656e};

static Statement *argument_statement(const Call *call) {
  void *data = NULL;
  bool tagged = false;
  napi_check_object_type_tag(call->env, call->values[0], &statement_tag, &tagged);
  if (tagged && napi_unwrap(call->env, call->values[0], &data) == napi_ok) return data;
  throw_text(call->env, "The argument is not a statement.");
  return NULL;
}

static napi_value describe_columns(napi_env env, sqlite3_stmt *handle) {
  napi_value array;
  int count = sqlite3_column_count(handle);
  napi_create_array_with_length(env, (size_t)count, &array);
  for (int i = 0; i < count; i++) {
    napi_value entry;
    napi_create_object(env, &entry);
    set_text(env, entry, "name", sqlite3_column_name(handle, i));
    set_text(env, entry, "declared", sqlite3_column_decltype(handle, i));
    set_text(env, entry, "table", sqlite3_column_table_name(handle, i));
    set_text(env, entry, "origin", sqlite3_column_origin_name(handle, i));
    napi_set_element(env, array, (uint32_t)i, entry);
  }
  return array;
}

static napi_value wrap_statement(Connection *connection, sqlite3_stmt *handle, int64_t tail) {
  napi_env env = connection->env;
  napi_value object;
  Statement *statement = calloc(1, sizeof *statement);
  if (!statement || napi_create_object(env, &object) != napi_ok) {
    free(statement);
    sqlite3_finalize(handle);
    return throw_sqlite(connection, SQLITE_NOMEM, "out of memory", 0);
  }
  *statement = (Statement){.connection = connection, .handle = handle, .next = connection->statements};
  statement->column_count = (uint32_t)sqlite3_column_count(handle);
  if (connection->statements) connection->statements->previous = statement;
  connection->statements = statement;
  if (napi_wrap(env, object, statement, collect, NULL, NULL) != napi_ok) {
    collect(env, statement, NULL);
    return throw_text(env, "The statement cannot be kept.");
  }
  napi_type_tag_object(env, object, &statement_tag);
  napi_set_named_property(env, object, "columns", describe_columns(env, handle));
  set_integer(env, object, "tail", tail);
  set_bool(env, object, "readonly", sqlite3_stmt_readonly(handle));
  return object;
}

static napi_value prepare_text(Connection *connection, const char *sql, size_t length, int64_t offset) {
  sqlite3_stmt *handle = NULL;
  const char *tail = NULL;
  if (offset < 0 || (uint64_t)offset > length) return throw_text(connection->env, "The offset lies outside the statement.");
  if (length - (size_t)offset > INT32_MAX) return throw_sqlite(connection, SQLITE_TOOBIG, "string or blob too big", 0);
  connection_clear_failure(connection);
  MemoryBound entered = connection_enter(connection);
  /* Statements may be kept for long, so they do not take of the little memory that SQLite has at hand for short uses. */
  int rc = sqlite3_prepare_v3(connection->db, sql + offset, (int)(length - (size_t)offset), SQLITE_PREPARE_PERSISTENT, &handle,
                              &tail);
  connection_leave(connection, entered);
  if (rc) return throw_sqlite(connection, rc, NULL, offset);
  if (!handle) {
    napi_value result;
    napi_get_null(connection->env, &result);
    return result;
  }
  return wrap_statement(connection, handle, tail - sql);
}

static napi_value prepare(napi_env env, napi_callback_info info) {
  Call call = call_of(env, info);
  Connection *connection = argument_connection(&call);
  const uint8_t *bytes;
  size_t length;
  int64_t offset = 0;
  if (!connection) return NULL;
  argument_integer(&call, 2, &offset);
  char *text = argument_text(&call, 1, &length);
  if (!text) {
    if (!argument_bytes(&call, 1, &bytes, &length)) return throw_text(env, "The statement must be text or bytes.");
    text = malloc(length + 1); /* a callback during prepare might change the array */
    if (!text) return throw_sqlite(connection, SQLITE_NOMEM, "out of memory", 0);
    if (length) memcpy(text, bytes, length);
    text[length] = 0;
  }
  napi_value result = prepare_text(connection, text, length, offset);
  free(text);
  return result;
}

typedef struct Output {
  bool thrift;
  size_t maximum_bytes;
  uint32_t maximum_rows, rows;
  char *null_text;
  size_t null_length;
} Output;

#define HEADER_ROOM 5

static int fill(Statement *statement, Output *output) {
  Bytes *bytes = &statement->output;
  Connection *connection = statement->connection;
  while (output->rows < output->maximum_rows && bytes->length < output->maximum_bytes) {
    if (atomic_load(&connection->interrupted)) return SQLITE_INTERRUPT;
    int rc = sqlite3_step(statement->handle);
    if (rc == SQLITE_DONE) statement->done = true;
    if (rc != SQLITE_ROW) return rc == SQLITE_DONE ? SQLITE_OK : rc;
    output->rows++;
    if (output->thrift) result_thrift_row(statement, output->null_text, output->null_length);
    else result_messagepack_row(statement);
    if (bytes->failed) return SQLITE_NOMEM;
  }
  return SQLITE_OK;
}

static napi_value block_value(napi_env env, Statement *statement, const Output *output) {
  uint8_t header[HEADER_ROOM], *start = statement->output.data + HEADER_ROOM;
  size_t length = statement->output.length - HEADER_ROOM, size = 0;
  if (!output->thrift) {
    size = result_messagepack_header(header, output->rows);
    start -= size;
    memcpy(start, header, size);
  }
  napi_value block = NULL;
  void *copy;
  napi_create_buffer_copy(env, length + size, start, &copy, &block);
  return block;
}

static napi_value step_error(Statement *statement, int rc) {
  Connection *connection = statement->connection;
  char *message = NULL;
  if (rc == SQLITE_INTERRUPT) message = sqlite3_mprintf("interrupted");
  else if (rc == SQLITE_NOMEM) message = sqlite3_mprintf("out of memory");
  else message = sqlite3_mprintf("%s", sqlite3_errmsg(connection->db));
  statement->done = true;
  sqlite3_reset(statement->handle);
  throw_sqlite(connection, rc, message, 0);
  sqlite3_free(message);
  return NULL;
}

static napi_value run_step(napi_env env, Statement *statement, Output *output) {
  static const uint8_t room[HEADER_ROOM];
  statement->output.length = 0;
  statement->output.failed = false;
  bytes_append(&statement->output, room, HEADER_ROOM);
  if (output->maximum_bytes <= SIZE_MAX - HEADER_ROOM) output->maximum_bytes += HEADER_ROOM;
  if (output->thrift && !statement->sorted && !statement_sort_columns(statement)) return step_error(statement, SQLITE_NOMEM);
  if (statement->output.failed) return step_error(statement, SQLITE_NOMEM);
  connection_clear_failure(statement->connection);
  statement->running = true;
  MemoryBound entered = connection_enter(statement->connection);
  int rc = statement->done ? SQLITE_OK : fill(statement, output);
  connection_leave(statement->connection, entered);
  statement->running = false;
  if (rc) return step_error(statement, rc);
  napi_value result;
  napi_create_object(env, &result);
  napi_set_named_property(env, result, "block", block_value(env, statement, output));
  set_integer(env, result, "rows", output->rows);
  set_bool(env, result, "done", statement->done);
  if (statement->output.capacity > 4 << 20) bytes_free(&statement->output);
  return result;
}

static napi_value step(napi_env env, napi_callback_info info) {
  Call call = call_of(env, info);
  Statement *statement = argument_statement(&call);
  int64_t encoding = 0, bytes = 0, rows = 0;
  if (!statement) return NULL;
  if (!statement->handle) return throw_text(env, "The statement is finalized.");
  if (statement->running) return throw_text(env, "The statement is running.");
  argument_integer(&call, 1, &encoding);
  argument_integer(&call, 2, &bytes);
  argument_integer(&call, 3, &rows);
  Output output = {.thrift = encoding == ENCODING_THRIFT};
  output.maximum_bytes = bytes > 0 ? (size_t)bytes : 1;
  output.maximum_rows = rows <= 0 ? 1 : rows > UINT32_MAX ? UINT32_MAX : (uint32_t)rows;
  output.null_text = argument_text(&call, 4, &output.null_length);
  napi_value result = run_step(env, statement, &output);
  free(output.null_text);
  return result;
}

static napi_value finalize(napi_env env, napi_callback_info info) {
  Call call = call_of(env, info);
  Statement *statement = argument_statement(&call);
  if (!statement) return NULL;
  if (statement->running) return throw_text(env, "The statement is running.");
  statement_finalize(statement);
  return nothing(env);
}

/* Makes a statement ready to run once more. What it holds of its last output is given back: many statements may be kept. */
static napi_value reset(napi_env env, napi_callback_info info) {
  Call call = call_of(env, info);
  Statement *statement = argument_statement(&call);
  if (!statement) return NULL;
  if (!statement->handle) return throw_text(env, "The statement is finalized.");
  if (statement->running) return throw_text(env, "The statement is running.");
  sqlite3_reset(statement->handle);
  statement->done = false;
  bytes_free(&statement->output);
  return nothing(env);
}

/* explain(statement): false when it is an EXPLAIN already, by its own words */
static napi_value explain(napi_env env, napi_callback_info info) {
  Call call = call_of(env, info);
  Statement *statement = argument_statement(&call);
  napi_value result;
  if (!statement) return NULL;
  if (!statement->handle) return throw_text(env, "The statement is finalized.");
  bool explains = sqlite3_stmt_isexplain(statement->handle) != 0;
  int rc = explains ? SQLITE_OK : sqlite3_stmt_explain(statement->handle, 1);
  if (rc) return throw_sqlite(statement->connection, rc, NULL, 0);
  statement->column_count = (uint32_t)sqlite3_column_count(statement->handle);
  napi_get_boolean(env, !explains, &result);
  return result;
}

/* ---- exchange ---- */

static const char *exchange_code(enum ExchangeCode code) {
  static const char *const names[] = {"OK", "CONNECT", "CLOSED", "DEADLINE", "CANCELLED", "MALFORMED", "PEER", "MEMORY"};
  return names[code];
}

static void free_reply(napi_env env, void *data, void *hint) {
  (void)env, (void)hint;
  free(data);
}

static napi_value reply_value(napi_env env, Bytes *reply) {
  napi_value result = NULL;
  void *copy;
  if (reply->length >= 1 << 16 &&
      napi_create_external_buffer(env, reply->length, reply->data, free_reply, NULL, &result) == napi_ok) {
    return result;
  }
  napi_create_buffer_copy(env, reply->length, reply->data, &copy, &result);
  bytes_free(reply);
  return result;
}

#define MAXIMUM_UIDS 16

static bool read_uids(const Call *call, size_t index, Exchange *exchange, int64_t *uids) {
  napi_value value;
  uint32_t count;
  if (index >= call->count || napi_get_array_length(call->env, call->values[index], &count) != napi_ok) return true;
  if (count > MAXIMUM_UIDS) return false;
  for (uint32_t i = 0; i < count; i++) {
    if (napi_get_element(call->env, call->values[index], i, &value) != napi_ok ||
        napi_get_value_int64(call->env, value, &uids[i]) != napi_ok) {
      return false;
    }
  }
  exchange->peer_uids = uids;
  exchange->peer_uid_count = count;
  return true;
}

/* transact(path, request, deadlineMs, cancel, maximumBytes, peerUids) */
static napi_value transact(napi_env env, napi_callback_info info) {
  Call call = call_of(env, info);
  Exchange exchange = {0};
  int64_t maximum = 0, uids[MAXIMUM_UIDS];
  napi_typedarray_type type;
  size_t length;
  void *cancel;
  if (!argument_bytes(&call, 1, &exchange.request, &exchange.request_length) ||
      !argument_integer(&call, 2, &exchange.deadline_ms) || !argument_integer(&call, 4, &maximum) ||
      !read_uids(&call, 5, &exchange, uids)) {
    return throw_text(env, "transact takes a path, bytes, milliseconds, a flag, a number of bytes and user ids.");
  }
  if (napi_get_typedarray_info(env, call.values[3], &type, &length, &cancel, NULL, NULL) == napi_ok &&
      type == napi_int32_array && length) {
    exchange.cancel = cancel;
  }
  exchange.maximum_bytes = maximum > 0 ? (size_t)maximum : 0;
  char *path = argument_text(&call, 0, NULL);
  if (!path) return throw_text(env, "The socket path must be text.");
  exchange.path = path;
  enum ExchangeCode code = exchange_run(&exchange);
  free(path);
  if (code == EXCHANGE_OK) return reply_value(env, &exchange.reply);
  bytes_free(&exchange.reply);
  napi_value error = new_error(env, exchange.message);
  set_text(env, error, "code", exchange_code(code));
  napi_throw(env, error);
  return NULL;
}

static napi_value credentials(napi_env env, napi_callback_info info) {
  Call call = call_of(env, info);
  int64_t fd = -1, pid, uid, gid;
  argument_integer(&call, 0, &fd);
  if (fd < 0 || fd > INT32_MAX || !peer_credentials((int)fd, &pid, &uid, &gid)) {
    return throw_text(env, "The descriptor is not a connected Unix socket.");
  }
  napi_value result;
  napi_create_object(env, &result);
  set_integer(env, result, "pid", pid);
  set_integer(env, result, "uid", uid);
  set_integer(env, result, "gid", gid);
  return result;
}

/* ---- the module ---- */

__attribute__((visibility("default"))) int32_t node_api_module_get_api_version_v1(void) { return NAPI_VERSION; }

__attribute__((visibility("default"))) napi_value napi_register_module_v1(napi_env env, napi_value exports) {
  static const struct {
    const char *name;
    napi_callback function;
  } functions[] = {
      {"attach", attach},
      {"closeHandle", close_handle},
      {"declare", declare},
      {"undeclare", undeclare},
      {"defineFunction", define_function},
      {"explain", explain},
      {"interrupt", interrupt},
      {"beginRun", begin_run},
      {"runCpu", run_cpu},
      {"takeChanged", take_changed},
      {"takeRefusal", take_refusal},
      {"adopt", adopt},
      {"changes", changes},
      {"inTransaction", in_transaction},
      {"authorize", authorize},
      {"takeDenial", take_denial},
      {"counters", counters},
      {"resetCounters", reset_counters},
      {"prepare", prepare},
      {"step", step},
      {"finalize", finalize},
      {"reset", reset},
      {"transact", transact},
      {"peerCredentials", credentials},
  };
  for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
    napi_value function;
    if (napi_create_function(env, functions[i].name, NAPI_AUTO_LENGTH, functions[i].function, NULL, &function) != napi_ok ||
        napi_set_named_property(env, exports, functions[i].name, function) != napi_ok) {
      return NULL;
    }
  }
  return exports;
}
