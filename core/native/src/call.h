/* Shared by the files whose functions meet JavaScript. */
#ifndef CALL_H
#define CALL_H

#include "outpost.h"

#define MAXIMUM_ARGUMENTS 6

/* The arguments of a call; one that was not given is undefined. */
typedef struct Call {
  napi_env env;
  size_t count;
  napi_value values[MAXIMUM_ARGUMENTS];
} Call;

Call call_of(napi_env env, napi_callback_info info);

/* Each throws and returns NULL, to be returned at once. Without a message the error is SQLite's last one. */
napi_value throw_text(napi_env env, const char *message);
napi_value throw_sqlite(Connection *connection, int code, const char *message, int64_t base_offset);

/* false or NULL when the argument is of another type */
bool argument_integer(const Call *call, size_t index, int64_t *out);
char *argument_text(const Call *call, size_t index, size_t *length); /* to be freed */
bool argument_bytes(const Call *call, size_t index, const uint8_t **data, size_t *length);
Connection *argument_connection(const Call *call); /* the first argument; NULL with an exception pending */

/* NULL or false when the value is of another type */
char *get_text(napi_env env, napi_value value, size_t *length); /* to be freed; the length may be NULL */
char *get_property_text(napi_env env, napi_value object, const char *name); /* to be freed */
bool get_property_integer(napi_env env, napi_value object, const char *name, int64_t *out);

napi_value value_number(napi_env env, int64_t value);
napi_value value_boolean(napi_env env, bool value);
napi_value value_nothing(napi_env env);
napi_value value_error(napi_env env, const char *message);

void set_integer(napi_env env, napi_value object, const char *name, int64_t number);
void set_text(napi_env env, napi_value object, const char *name, const char *text); /* NULL: null */
void set_bool(napi_env env, napi_value object, const char *name, bool flag);

/* A function that JavaScript sees. */
typedef struct Export {
  const char *name;
  napi_callback function;
} Export;

bool exports_add(napi_env env, napi_value exports, const Export *functions, size_t count);
bool statement_exports(napi_env env, napi_value exports); /* adds the functions of statement.c */
bool exchange_exports(napi_env env, napi_value exports);  /* those of exchange.c */
bool process_exports(napi_env env, napi_value exports);   /* those of process.c */

#endif
