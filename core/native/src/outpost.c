/* The functions that JavaScript calls; core/src/engine/native.ts is their only caller and holds their contract. Those about statements are
 * in statement.c. */
#include <stdlib.h>

#include "call.h"

SQLITE_EXTENSION_INIT3

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
  return value_nothing(env);
}

static napi_value close_handle(napi_env env, napi_callback_info info) {
  Call call = call_of(env, info);
  Connection *connection = argument_connection(&call);
  if (!connection) return NULL;
  if (connection->depth) return throw_text(env, "The connection is in use.");
  connection_detach(connection);
  return value_nothing(env);
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
  return value_nothing(env);
}

static napi_value undeclare(napi_env env, napi_callback_info info) {
  Call call = call_of(env, info);
  Connection *connection = argument_connection(&call);
  if (!connection) return NULL;
  char *name = argument_text(&call, 1, NULL);
  int rc = name ? module_undeclare(connection, name) : SQLITE_MISUSE;
  free(name);
  return rc ? throw_sqlite(connection, rc, NULL, 0) : value_nothing(env);
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
  return rc ? throw_sqlite(connection, rc, rc == SQLITE_MISUSE ? "The function is not well formed." : NULL, 0) : value_nothing(env);
}

static napi_value interrupt(napi_env env, napi_callback_info info) {
  Call call = call_of(env, info);
  int64_t id = 0, run = 0;
  argument_integer(&call, 0, &id);
  argument_integer(&call, 1, &run);
  return value_boolean(env, connection_interrupt((uint32_t)id, (uint32_t)run));
}

static napi_value begin_run(napi_env env, napi_callback_info info) {
  Call call = call_of(env, info);
  Connection *connection = argument_connection(&call);
  int64_t run = 0, memory_limit = 0;
  if (!connection) return NULL;
  argument_integer(&call, 1, &run);
  argument_integer(&call, 2, &memory_limit);
  connection_begin_run(connection, (uint32_t)run, memory_limit);
  return value_nothing(env);
}

static napi_value run_cpu(napi_env env, napi_callback_info info) {
  Call call = call_of(env, info);
  int64_t id = 0, run = 0;
  argument_integer(&call, 0, &id);
  argument_integer(&call, 1, &run);
  return value_number(env, connection_cpu((uint32_t)id, (uint32_t)run));
}

static napi_value run_memory(napi_env env, napi_callback_info info) {
  Call call = call_of(env, info);
  int64_t id = 0, run = 0;
  argument_integer(&call, 0, &id);
  argument_integer(&call, 1, &run);
  return value_number(env, connection_memory((uint32_t)id, (uint32_t)run));
}

static napi_value take_changed(napi_env env, napi_callback_info info) {
  Call call = call_of(env, info);
  Connection *connection = argument_connection(&call);
  if (!connection) return NULL;
  bool changed = connection->changed;
  connection->changed = false;
  return value_boolean(env, changed);
}

static napi_value take_refusal(napi_env env, napi_callback_info info) {
  (void)info;
  return value_boolean(env, memory_take_refusal());
}

static napi_value adopt(napi_env env, napi_callback_info info) {
  Call call = call_of(env, info);
  const Connection *parent = argument_connection(&call);
  if (!parent) return NULL;
  call.values[0] = call.values[1];
  Connection *child = argument_connection(&call);
  if (!child) return NULL;
  connection_adopt(parent, child);
  return value_nothing(env);
}

static napi_value changes(napi_env env, napi_callback_info info) {
  Call call = call_of(env, info);
  Connection *connection = argument_connection(&call);
  return connection ? value_number(env, sqlite3_changes64(connection->db)) : NULL;
}

static napi_value in_transaction(napi_env env, napi_callback_info info) {
  Call call = call_of(env, info);
  Connection *connection = argument_connection(&call);
  return connection ? value_boolean(env, !sqlite3_get_autocommit(connection->db)) : NULL;
}

static napi_value authorize(napi_env env, napi_callback_info info) {
  Call call = call_of(env, info);
  Connection *connection = argument_connection(&call);
  bool on = true;
  if (!connection) return NULL;
  napi_get_value_bool(env, call.values[1], &on);
  connection_authorize(connection, on);
  return value_nothing(env);
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
  return value_nothing(env);
}

/* ---- the module ---- */

__attribute__((visibility("default"))) int32_t node_api_module_get_api_version_v1(void) { return NAPI_VERSION; }

__attribute__((visibility("default"))) napi_value napi_register_module_v1(napi_env env, napi_value exports) {
  static const Export functions[] = {
      {"attach", attach},
      {"closeHandle", close_handle},
      {"declare", declare},
      {"undeclare", undeclare},
      {"defineFunction", define_function},
      {"interrupt", interrupt},
      {"beginRun", begin_run},
      {"runCpu", run_cpu},
      {"runMemory", run_memory},
      {"takeChanged", take_changed},
      {"takeRefusal", take_refusal},
      {"adopt", adopt},
      {"changes", changes},
      {"inTransaction", in_transaction},
      {"authorize", authorize},
      {"takeDenial", take_denial},
      {"counters", counters},
      {"resetCounters", reset_counters},
  };
  bool added = exports_add(env, exports, functions, sizeof functions / sizeof *functions) && statement_exports(env, exports) &&
               exchange_exports(env, exports) && process_exports(env, exports);
  return added ? exports : NULL;
}
