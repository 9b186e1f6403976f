/* Calls from SQLite into JavaScript. SQLite runs inside a call from JavaScript on the same thread, so the callbacks are called
 * directly. An exception becomes an error of the statement, with its message and sqliteCode, and is kept as its cause. */
#include <stdlib.h>
#include <string.h>

#include "call.h"

SQLITE_EXTENSION_INIT3

/* ---- calling ---- */

static char *take_message(napi_env env, napi_value exception) {
  napi_value text;
  char *copy = get_property_text(env, exception, "message");
  if (!copy && napi_coerce_to_string(env, exception, &text) == napi_ok) copy = get_text(env, text, NULL);
  char *message = copy ? sqlite3_mprintf("%s", copy) : NULL;
  free(copy);
  return message;
}

/* Turns the pending exception into a SQLite code and a message. */
int javascript_take_exception(Connection *connection, char **error) {
  napi_env env = connection->env;
  napi_value exception;
  bool pending = false;
  int64_t code = SQLITE_ERROR;
  napi_is_exception_pending(env, &pending);
  if (!pending || napi_get_and_clear_last_exception(env, &exception) != napi_ok) {
    *error = sqlite3_mprintf("The thread is ending.");
    return SQLITE_ERROR;
  }
  *error = take_message(env, exception);
  if (!get_property_integer(env, exception, "sqliteCode", &code) || code <= 0 || code > INT32_MAX || code == SQLITE_ROW ||
      code == SQLITE_DONE) {
    code = SQLITE_ERROR;
  }
  connection_clear_failure(connection);
  if (napi_create_reference(env, exception, 1, &connection->failure) != napi_ok) connection->failure = NULL;
  napi_is_exception_pending(env, &pending); /* a getter of the exception may have thrown */
  if (pending) napi_get_and_clear_last_exception(env, &exception);
  return (int)code;
}

static int call(Connection *connection, enum Callback callback, size_t count, const napi_value *arguments, napi_value *result,
                char **error) {
  napi_env env = connection->env;
  napi_value receiver, function;
  if (napi_get_reference_value(env, connection->receiver, &receiver) != napi_ok ||
      napi_get_reference_value(env, connection->callbacks[callback], &function) != napi_ok) {
    return SQLITE_MISUSE;
  }
  if (napi_call_function(env, receiver, function, count, arguments, result) == napi_ok) return SQLITE_OK;
  return javascript_take_exception(connection, error);
}

static int detached(char **error) {
  *error = sqlite3_mprintf("The connection has no JavaScript attached.");
  return SQLITE_ERROR;
}

static int broken_contract(Connection *connection, char **error, const char *what) {
  napi_value exception;
  bool pending = false;
  napi_is_exception_pending(connection->env, &pending);
  if (pending) napi_get_and_clear_last_exception(connection->env, &exception);
  *error = sqlite3_mprintf("%s", what);
  return SQLITE_ERROR;
}

/* ---- writing JavaScript values ---- */

static napi_value text_value(napi_env env, const char *text, size_t length) {
  napi_value value = NULL;
  napi_create_string_utf8(env, text ? text : "", text ? length : 0, &value);
  return value;
}

static napi_value integer_value(napi_env env, int64_t integer, bool bigint) {
  napi_value value = NULL;
  bool safe = integer <= 9007199254740991 && integer >= -9007199254740991;
  if (bigint || !safe) napi_create_bigint_int64(env, integer, &value);
  else napi_create_int64(env, integer, &value);
  return value;
}

static napi_value value_of(napi_env env, sqlite3_value *source, bool bigint) {
  napi_value value = NULL;
  switch (sqlite3_value_type(source)) {
    case SQLITE_INTEGER: return integer_value(env, sqlite3_value_int64(source), bigint);
    case SQLITE_FLOAT: napi_create_double(env, sqlite3_value_double(source), &value); return value;
    case SQLITE_TEXT: {
      const char *text = (const char *)sqlite3_value_text(source);
      return text_value(env, text, (size_t)sqlite3_value_bytes(source));
    }
    case SQLITE_BLOB: {
      const void *blob = sqlite3_value_blob(source);
      void *copy;
      napi_create_buffer_copy(env, blob ? (size_t)sqlite3_value_bytes(source) : 0, blob ? blob : "", &copy, &value);
      return value;
    }
    default: napi_get_null(env, &value); return value;
  }
}

typedef struct Flat {
  napi_env env;
  napi_value array;
  uint32_t length;
} Flat;

static void append(Flat *flat, napi_value value) {
  if (value) napi_set_element(flat->env, flat->array, flat->length++, value);
}

/* osquery's texts end at a NUL. Cut off there a text means something else, so that the table is better told nothing. */
static bool is_cut_off(sqlite3_value *value) {
  const char *text = (const char *)sqlite3_value_text(value);
  return text && strlen(text) != (size_t)sqlite3_value_bytes(value);
}

/* Appends the value as the table gets it; false when it gets none: osquery drops NULL and, outside a list, empty text. */
static bool append_constraint(Flat *flat, sqlite3_value *value, enum Pushdown pushdown, bool list) {
  int type = sqlite3_value_type(value);
  if (type == SQLITE_NULL && (list || pushdown == PUSHDOWN_OSQUERY)) return false;
  if (pushdown == PUSHDOWN_ALL) {
    append(flat, value_of(flat->env, value, false));
    return true;
  }
  const char *text = (const char *)sqlite3_value_text(value);
  if (!text || (!*text && !list)) return false;
  append(flat, text_value(flat->env, text, strlen(text)));
  return true;
}

static void append_item(Flat *flat, const ConstraintValue *item, enum Pushdown pushdown) {
  uint32_t start = flat->length, values = 0;
  bool misleading = false;
  append(flat, integer_value(flat->env, item->column, false));
  append(flat, integer_value(flat->env, item->operator, false));
  append(flat, integer_value(flat->env, 0, false));
  bool unary = item->operator == SQLITE_INDEX_CONSTRAINT_ISNULL || item->operator == SQLITE_INDEX_CONSTRAINT_ISNOTNULL;
  if (item->list) {
    sqlite3_value *value;
    for (int rc = sqlite3_vtab_in_first(item->value, &value); rc == SQLITE_OK && value;
         rc = sqlite3_vtab_in_next(item->value, &value)) {
      values += append_constraint(flat, value, pushdown, true);
      misleading |= pushdown == PUSHDOWN_OSQUERY && is_cut_off(value);
    }
  } else if (!unary) {
    values = append_constraint(flat, item->value, pushdown, false);
    misleading = pushdown == PUSHDOWN_OSQUERY && is_cut_off(item->value);
  }
  if (!misleading && (values || (pushdown == PUSHDOWN_ALL && (item->list || unary)))) {
    napi_set_element(flat->env, flat->array, start + 2, integer_value(flat->env, values, false));
  } else {
    flat->length = start; /* what was written there is overwritten or cut off */
  }
}

static napi_value constraint_array(napi_env env, const ConstraintList *list) {
  Flat flat = {.env = env};
  napi_create_array(env, &flat.array);
  for (uint32_t i = 0; i < list->count; i++) append_item(&flat, &list->items[i], list->pushdown);
  napi_value length;
  napi_create_uint32(env, flat.length, &length);
  napi_set_named_property(env, flat.array, "length", length);
  return flat.array;
}

static napi_value order_array(napi_env env, const Scan *scan) {
  napi_value array;
  napi_create_array(env, &array);
  for (uint32_t i = 0; i < scan->order_count; i++) {
    napi_value value;
    napi_create_int32(env, scan->order[i], &value);
    napi_set_element(env, array, i, value);
  }
  return array;
}

/* ---- blocks ---- */

static bool read_registers(Connection *connection, Block *block) {
  napi_value array;
  napi_typedarray_type type;
  size_t length;
  void *data;
  if (napi_get_reference_value(connection->env, connection->registers_reference, &array) != napi_ok ||
      napi_get_typedarray_info(connection->env, array, &type, &length, &data, NULL, NULL) != napi_ok ||
      type != napi_int32_array || length < 2) {
    return false;
  }
  const int32_t *registers = data;
  block->more = registers[0] != 0;
  block->encoding = registers[1] == 1 ? ENCODING_THRIFT : ENCODING_MESSAGEPACK;
  block->columns = length < 4 ? 0 : (uint64_t)(uint32_t)registers[3] << 32 | (uint32_t)registers[2];
  return true;
}

/* Copies the block: its JavaScript buffer may be filled anew for the next block, of this cursor or of another. */
static int take_block(Connection *connection, napi_value result, Block *block, bool *end, char **error) {
  napi_env env = connection->env;
  napi_valuetype kind;
  napi_typedarray_type type;
  size_t length;
  void *data;
  block->rows_left = 0;
  if (napi_typeof(env, result, &kind) != napi_ok) return broken_contract(connection, error, "A table gave no block.");
  *end = kind == napi_null || kind == napi_undefined;
  if (*end) return SQLITE_OK;
  if (napi_get_typedarray_info(env, result, &type, &length, &data, NULL, NULL) != napi_ok || type != napi_uint8_array ||
      !read_registers(connection, block)) {
    return broken_contract(connection, error, "A table gave something else than a block of bytes.");
  }
  if (block->capacity < length) {
    uint8_t *room = realloc(block->data, length);
    if (!room) return SQLITE_NOMEM;
    block->data = room;
    block->capacity = length;
  }
  if (length) memcpy(block->data, data, length);
  block->length = length;
  return SQLITE_OK;
}

int javascript_open(Connection *connection, const Scan *scan, const ConstraintList *constraints, Block *block, bool *end,
                    char **error) {
  napi_env env = connection->env;
  if (!env) return detached(error);
  napi_handle_scope scope;
  if (napi_open_handle_scope(env, &scope) != napi_ok) return SQLITE_NOMEM;
  napi_value arguments[7], result = NULL;
  arguments[0] = integer_value(env, scan->table, false);
  arguments[1] = integer_value(env, scan->cursor, false);
  arguments[2] = constraint_array(env, constraints);
  arguments[3] = integer_value(env, scan->used_low, false);
  arguments[4] = integer_value(env, scan->used_high, false);
  arguments[5] = integer_value(env, scan->limit, false);
  arguments[6] = order_array(env, scan);
  int rc = call(connection, CALLBACK_OPEN, 7, arguments, &result, error);
  if (!rc) {
    rc = take_block(connection, result, block, end, error);
    if (rc) javascript_close(connection, scan->cursor);
  }
  napi_close_handle_scope(env, scope);
  return rc;
}

int javascript_next(Connection *connection, uint32_t cursor, Block *block, bool *end, char **error) {
  napi_env env = connection->env;
  if (!env) return detached(error);
  napi_handle_scope scope;
  if (napi_open_handle_scope(env, &scope) != napi_ok) return SQLITE_NOMEM;
  napi_value argument = integer_value(env, cursor, false), result = NULL;
  int rc = call(connection, CALLBACK_NEXT, 1, &argument, &result, error);
  if (!rc) rc = take_block(connection, result, block, end, error);
  napi_close_handle_scope(env, scope);
  return rc;
}

void javascript_close(Connection *connection, uint32_t cursor) {
  napi_env env = connection->env;
  napi_handle_scope scope;
  if (!env || napi_open_handle_scope(env, &scope) != napi_ok) return;
  napi_value argument = integer_value(env, cursor, false), result;
  napi_ref failure = connection->failure; /* a fault while closing does not hide the one that led here */
  connection->failure = NULL;
  char *error = NULL;
  call(connection, CALLBACK_CLOSE, 1, &argument, &result, &error);
  sqlite3_free(error);
  if (failure) {
    connection_clear_failure(connection);
    connection->failure = failure;
  }
  napi_close_handle_scope(env, scope);
}

/* ---- schema ---- */

static int take_schema(Connection *connection, const char *name, napi_value result, Schema *out, char **error) {
  napi_env env = connection->env;
  napi_valuetype kind = napi_undefined;
  napi_typeof(env, result, &kind);
  char *text = kind == napi_string ? get_text(env, result, NULL) : NULL;
  if (text) {
    *error = sqlite3_mprintf("%s", text);
    free(text);
    return SQLITE_ERROR;
  }
  if (kind == napi_object && schema_read(env, result, out)) return SQLITE_OK;
  char *message = sqlite3_mprintf("The schema of table %s is not well formed.", name);
  int rc = broken_contract(connection, error, message ? message : "out of memory");
  sqlite3_free(message);
  return rc;
}

int javascript_connect(Connection *connection, const char *name, Schema *out, char **error) {
  napi_env env = connection->env;
  if (!env) return detached(error);
  napi_handle_scope scope;
  if (napi_open_handle_scope(env, &scope) != napi_ok) return SQLITE_NOMEM;
  napi_value argument = text_value(env, name, strlen(name)), result = NULL;
  int rc = call(connection, CALLBACK_CONNECT, 1, &argument, &result, error);
  if (!rc) rc = take_schema(connection, name, result, out, error);
  napi_close_handle_scope(env, scope);
  return rc;
}

/* ---- writing ---- */

static napi_value row_id_value(napi_env env, sqlite3_value *value) {
  napi_value result = NULL;
  if (value && sqlite3_value_type(value) == SQLITE_INTEGER) return integer_value(env, sqlite3_value_int64(value), true);
  napi_get_null(env, &result);
  return result;
}

static int take_row_id(Connection *connection, napi_value result, int64_t *id, char **error) {
  bool lossless = false;
  if (napi_get_value_bigint_int64(connection->env, result, id, &lossless) == napi_ok && lossless) return SQLITE_OK;
  return broken_contract(connection, error, "SQL logic error");
}

int javascript_update(Connection *connection, const Write *write, int64_t *id, char **error) {
  napi_env env = connection->env;
  if (!env) return detached(error);
  napi_handle_scope scope;
  if (napi_open_handle_scope(env, &scope) != napi_ok) return SQLITE_NOMEM;
  napi_value arguments[5], result = NULL;
  arguments[0] = integer_value(env, write->table, false);
  arguments[1] = integer_value(env, write->kind, false);
  arguments[2] = row_id_value(env, write->rowid);
  arguments[3] = row_id_value(env, write->new_rowid);
  napi_create_array_with_length(env, write->value_count, &arguments[4]);
  for (uint32_t i = 0; i < write->value_count; i++) {
    napi_set_element(env, arguments[4], i, value_of(env, write->values[i], true));
  }
  int rc = call(connection, CALLBACK_UPDATE, 5, arguments, &result, error);
  if (!rc && write->kind == 1) rc = take_row_id(connection, result, id, error);
  napi_close_handle_scope(env, scope);
  return rc;
}
