/* What functions that meet JavaScript have in common: errors, values, arguments. */
#include <stdlib.h>

#include "call.h"

SQLITE_EXTENSION_INIT3

/* ---- errors ---- */

napi_value throw_text(napi_env env, const char *message) {
  napi_throw_error(env, NULL, message);
  return NULL;
}

void set_integer(napi_env env, napi_value object, const char *name, int64_t number) {
  napi_value value;
  if (napi_create_int64(env, number, &value) == napi_ok) napi_set_named_property(env, object, name, value);
}

void set_text(napi_env env, napi_value object, const char *name, const char *text) {
  napi_value value;
  napi_status status = text ? napi_create_string_utf8(env, text, NAPI_AUTO_LENGTH, &value) : napi_get_null(env, &value);
  if (status == napi_ok) napi_set_named_property(env, object, name, value);
}

void set_bool(napi_env env, napi_value object, const char *name, bool flag) {
  napi_value value;
  if (napi_get_boolean(env, flag, &value) == napi_ok) napi_set_named_property(env, object, name, value);
}

napi_value value_error(napi_env env, const char *message) {
  napi_value text, error = NULL;
  napi_create_string_utf8(env, message, NAPI_AUTO_LENGTH, &text);
  napi_create_error(env, NULL, text, &error);
  return error;
}

/* Throws SQLite's last error: message, sqliteCode, the offset of a syntax error, the exception behind it as its cause. */
napi_value throw_sqlite(Connection *connection, int code, const char *message, int64_t base_offset) {
  napi_env env = connection->env;
  napi_value error = value_error(env, message ? message : sqlite3_errmsg(connection->db)), cause;
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

/* ---- values ---- */

char *get_text(napi_env env, napi_value value, size_t *length) {
  size_t size;
  if (napi_get_value_string_utf8(env, value, NULL, 0, &size) != napi_ok) return NULL;
  char *text = malloc(size + 1);
  if (text && napi_get_value_string_utf8(env, value, text, size + 1, &size) == napi_ok) {
    if (length) *length = size;
    return text;
  }
  free(text);
  return NULL;
}

char *get_property_text(napi_env env, napi_value object, const char *name) {
  napi_value value;
  return napi_get_named_property(env, object, name, &value) == napi_ok ? get_text(env, value, NULL) : NULL;
}

bool get_property_integer(napi_env env, napi_value object, const char *name, int64_t *out) {
  napi_value value;
  return napi_get_named_property(env, object, name, &value) == napi_ok && napi_get_value_int64(env, value, out) == napi_ok;
}

/* ---- arguments ---- */

Call call_of(napi_env env, napi_callback_info info) {
  Call call = {.env = env, .count = MAXIMUM_ARGUMENTS};
  napi_get_cb_info(env, info, &call.count, call.values, NULL, NULL);
  return call;
}

bool argument_integer(const Call *call, size_t index, int64_t *out) {
  return napi_get_value_int64(call->env, call->values[index], out) == napi_ok;
}

char *argument_text(const Call *call, size_t index, size_t *length) {
  return get_text(call->env, call->values[index], length);
}

bool argument_bytes(const Call *call, size_t index, const uint8_t **data, size_t *length) {
  napi_typedarray_type type;
  void *pointer;
  if (napi_get_typedarray_info(call->env, call->values[index], &type, length, &pointer, NULL, NULL) != napi_ok) return false;
  *data = pointer;
  return type == napi_uint8_array;
}

/* The connection of the handle in the first argument, if it is this thread's; otherwise an exception is pending. */
Connection *argument_connection(const Call *call) {
  int64_t id;
  Connection *connection = argument_integer(call, 0, &id) ? connection_find((uint32_t)id, call->env) : NULL;
  if (connection) return connection;
  throw_text(call->env, "The connection is closed, not attached, or belongs to another thread.");
  return NULL;
}

napi_value value_number(napi_env env, int64_t value) {
  napi_value result = NULL;
  napi_create_int64(env, value, &result);
  return result;
}

napi_value value_boolean(napi_env env, bool value) {
  napi_value result = NULL;
  napi_get_boolean(env, value, &result);
  return result;
}

napi_value value_nothing(napi_env env) {
  napi_value result = NULL;
  napi_get_undefined(env, &result);
  return result;
}

/* ---- functions ---- */

bool exports_add(napi_env env, napi_value exports, const Export *functions, size_t count) {
  for (size_t i = 0; i < count; i++) {
    napi_value function;
    if (napi_create_function(env, functions[i].name, NAPI_AUTO_LENGTH, functions[i].function, NULL, &function) != napi_ok ||
        napi_set_named_property(env, exports, functions[i].name, function) != napi_ok) {
      return false;
    }
  }
  return true;
}
