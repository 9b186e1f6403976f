/* SQL functions whose bodies are JavaScript. better-sqlite3's own cannot serve here: it decodes text as UTF-8, which loses
 * bytes, and leaves an exception of the body pending in the middle of SQLite. Text crosses as byte strings: one character a byte. */
#include <stdlib.h>
#include <string.h>

#include "outpost.h"

SQLITE_EXTENSION_INIT3

/* The most that an aggregate collects of one group. */
#define MAXIMUM_COLLECTED (64u << 20)

struct Function {
  Connection *connection;
  napi_ref body; /* NULL when JavaScript is gone */
  Function *next;
  bool nulls;
  size_t kind_count;
  char kinds[];
};

/* ---- values ---- */

static napi_value byte_string(napi_env env, const void *data, size_t length) {
  napi_value value = NULL;
  napi_create_string_latin1(env, length ? data : "", length, &value);
  return value;
}

/* Text ends at its first NUL, as for a program that takes it as a C string. */
static napi_value text_value(napi_env env, sqlite3_value *source) {
  const char *text = (const char *)sqlite3_value_text(source);
  return byte_string(env, text, text ? strlen(text) : 0);
}

static napi_value value_of(napi_env env, sqlite3_value *source) {
  napi_value value = NULL;
  switch (sqlite3_value_type(source)) {
    case SQLITE_INTEGER: napi_create_bigint_int64(env, sqlite3_value_int64(source), &value); return value;
    case SQLITE_FLOAT: napi_create_double(env, sqlite3_value_double(source), &value); return value;
    case SQLITE_TEXT: return text_value(env, source);
    default: {
      const void *blob = sqlite3_value_blob(source);
      void *copy;
      napi_create_buffer_copy(env, blob ? (size_t)sqlite3_value_bytes(source) : 0, blob ? blob : "", &copy, &value);
      return value;
    }
  }
}

static napi_value argument_of(napi_env env, char kind, sqlite3_value *source) {
  napi_value value = NULL;
  if (sqlite3_value_type(source) == SQLITE_NULL) {
    napi_get_null(env, &value);
    return value;
  }
  switch (kind) {
    case 't': return text_value(env, source);
    case 'b': {
      const void *text = sqlite3_value_text(source);
      return byte_string(env, text, text ? (size_t)sqlite3_value_bytes(source) : 0);
    }
    case 'i': napi_create_int32(env, sqlite3_value_int(source), &value); return value;
    default: return value_of(env, source);
  }
}

static void result_text(sqlite3_context *context, napi_env env, napi_value value) {
  size_t length = 0;
  napi_get_value_string_latin1(env, value, NULL, 0, &length);
  char *text = sqlite3_malloc64(length + 1);
  if (!text) {
    sqlite3_result_error_nomem(context);
    return;
  }
  napi_get_value_string_latin1(env, value, text, length + 1, &length);
  sqlite3_result_text64(context, text, length, sqlite3_free, SQLITE_UTF8);
}

static void result_of(sqlite3_context *context, napi_env env, napi_value value) {
  napi_valuetype type = napi_undefined;
  napi_typeof(env, value, &type);
  switch (type) {
    case napi_string: result_text(context, env, value); return;
    case napi_bigint: {
      int64_t integer = 0;
      bool lossless;
      napi_get_value_bigint_int64(env, value, &integer, &lossless);
      sqlite3_result_int64(context, integer);
      return;
    }
    case napi_null: sqlite3_result_null(context); return;
    default: sqlite3_result_error(context, "An SQL function gave something else than text, an integer or NULL.", -1);
  }
}

/* ---- calling ---- */

static void call_body(sqlite3_context *context, const Function *function, size_t count, const napi_value *arguments) {
  napi_env env = function->connection->env;
  napi_value receiver, body, result;
  if (napi_get_undefined(env, &receiver) == napi_ok && napi_get_reference_value(env, function->body, &body) == napi_ok &&
      napi_call_function(env, receiver, body, count, arguments, &result) == napi_ok) {
    result_of(context, env, result);
    return;
  }
  char *error = NULL;
  int code = javascript_take_exception(function->connection, &error);
  sqlite3_result_error(context, error ? error : "out of memory", -1);
  sqlite3_result_error_code(context, code);
  sqlite3_free(error);
}

/* The environment to call in, within a new scope; NULL when there is none, and then the result is an error. */
static napi_env enter(sqlite3_context *context, const Function *function, napi_handle_scope *scope) {
  napi_env env = function->connection->env;
  if (env && function->body && napi_open_handle_scope(env, scope) == napi_ok) return env;
  sqlite3_result_error(context, "The connection has no JavaScript attached.", -1);
  return NULL;
}

static bool any_null(int count, sqlite3_value **values) {
  for (int i = 0; i < count; i++) {
    if (sqlite3_value_type(values[i]) == SQLITE_NULL) return true;
  }
  return false;
}

static void scalar(sqlite3_context *context, int count, sqlite3_value **values) {
  const Function *function = sqlite3_user_data(context);
  napi_handle_scope scope;
  if (!function->nulls && any_null(count, values)) return;
  napi_value few[8], *arguments = count <= 8 ? few : malloc((size_t)count * sizeof *arguments);
  if (!arguments) {
    sqlite3_result_error_nomem(context);
    return;
  }
  napi_env env = enter(context, function, &scope);
  if (env) {
    for (size_t i = 0; i < (size_t)count; i++) {
      arguments[i] = argument_of(env, function->kinds[i < function->kind_count ? i : function->kind_count - 1], values[i]);
    }
    call_body(context, function, (size_t)count, arguments);
    napi_close_handle_scope(env, scope);
  }
  if (arguments != few) free(arguments);
}

/* An aggregate collects the texts of its group, each ended by a NUL, and gives them to its body at the end. */
static void collect(sqlite3_context *context, int count, sqlite3_value **values) {
  (void)count;
  Bytes *collected = sqlite3_aggregate_context(context, sizeof *collected);
  const char *text = (const char *)sqlite3_value_text(values[0]);
  if (!text) return;
  if (collected && collected->length + strlen(text) >= MAXIMUM_COLLECTED) {
    sqlite3_result_error_toobig(context);
    return;
  }
  if (collected) bytes_append(collected, text, strlen(text) + 1);
  if (!collected || collected->failed) sqlite3_result_error_nomem(context);
}

static void finish(sqlite3_context *context) {
  const Function *function = sqlite3_user_data(context);
  Bytes *collected = sqlite3_aggregate_context(context, 0);
  napi_handle_scope scope;
  napi_env env = enter(context, function, &scope);
  if (env) {
    napi_value argument = byte_string(env, collected ? collected->data : NULL, collected ? collected->length : 0);
    call_body(context, function, 1, &argument);
    napi_close_handle_scope(env, scope);
  }
  if (collected) bytes_free(collected);
}

/* ---- life ---- */

void functions_detach(Connection *connection) {
  for (Function *function = connection->functions; function; function = function->next) {
    if (function->body) napi_delete_reference(connection->env, function->body);
    function->body = NULL;
  }
}

static void destroy(void *argument) {
  Function *function = argument;
  Connection *connection = function->connection;
  if (function->body && connection->env) napi_delete_reference(connection->env, function->body);
  Function **link = &connection->functions;
  while (*link && *link != function) link = &(*link)->next;
  if (*link) *link = function->next;
  free(function);
  connection_release(connection);
}

int function_define(Connection *connection, const FunctionDefinition *definition) {
  size_t kind_count = strlen(definition->kinds);
  if (!kind_count) return SQLITE_MISUSE;
  Function *function = calloc(1, sizeof *function + kind_count + 1);
  if (!function) return SQLITE_NOMEM;
  if (napi_create_reference(connection->env, definition->body, 1, &function->body) != napi_ok) {
    free(function);
    return SQLITE_MISUSE;
  }
  memcpy(function->kinds, definition->kinds, kind_count + 1);
  function->kind_count = kind_count;
  function->nulls = definition->flags & FUNCTION_NULLS;
  function->connection = connection;
  connection_retain(connection);
  function->next = connection->functions;
  connection->functions = function;
  bool aggregate = definition->flags & FUNCTION_AGGREGATE;
  int flags = SQLITE_UTF8 | (definition->flags & FUNCTION_DETERMINISTIC ? SQLITE_DETERMINISTIC : 0);
  /* On failure SQLite calls destroy by itself. */
  return sqlite3_create_function_v2(connection->db, definition->name, definition->arity, flags, function,
                                    aggregate ? NULL : scalar, aggregate ? collect : NULL, aggregate ? finish : NULL, destroy);
}
