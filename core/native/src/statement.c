/* Prepared statements: preparing, stepping into blocks of rows, and their end. */
#include <stdlib.h>
#include <string.h>

#include "call.h"

SQLITE_EXTENSION_INIT3

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
  return value_nothing(env);
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
  return value_nothing(env);
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

bool statement_exports(napi_env env, napi_value exports) {
  static const Export functions[] = {
      {"prepare", prepare}, {"step", step}, {"finalize", finalize}, {"reset", reset}, {"explain", explain},
  };
  return exports_add(env, exports, functions, sizeof functions / sizeof *functions);
}
