/* Reading what JavaScript tells of a table: NativeSchema of core/src/engine/native.ts. */
#include <stdlib.h>
#include <string.h>

#include "call.h"

SQLITE_EXTENSION_INIT3

void schema_free(Schema *schema) {
  for (uint32_t i = 0; schema->columns && i < schema->column_count; i++) free(schema->columns[i].name);
  free(schema->columns);
  free(schema->order);
  free(schema->ddl);
  free(schema->example);
  *schema = (Schema){0};
}

static bool get_property_array(napi_env env, napi_value object, const char *name, napi_value *out, uint32_t *length) {
  return napi_get_named_property(env, object, name, out) == napi_ok &&
         napi_get_array_length(env, *out, length) == napi_ok;
}

static bool get_element_integer(napi_env env, napi_value array, uint32_t index, int64_t *out) {
  napi_value value;
  return napi_get_element(env, array, index, &value) == napi_ok && napi_get_value_int64(env, value, out) == napi_ok;
}

static const char *collation_of(int64_t options) {
  return options & 64     ? "NOCASE"
         : options & 128  ? "RTRIM"
         : options & 256  ? "version"
         : options & 512  ? "version_arch"
         : options & 1024 ? "version_dpkg"
         : options & 2048 ? "version_rhel"
                          : "BINARY";
}

static bool read_column(napi_env env, napi_value object, Column *column, uint32_t count) {
  int64_t type, options, target = -1;
  column->name = get_property_text(env, object, "name");
  if (!column->name || !get_property_integer(env, object, "type", &type) ||
      !get_property_integer(env, object, "options", &options)) {
    return false;
  }
  get_property_integer(env, object, "target", &target);
  if (type < TYPE_UNKNOWN || type > TYPE_BLOB || target >= (int64_t)count) return false;
  column->name_length = strlen(column->name);
  column->type = (enum ColumnType)type;
  column->options = (uint32_t)options;
  column->target = target < 0 ? -1 : (int32_t)target;
  strcpy(column->collation, collation_of(options));
  return true;
}

static bool read_columns(napi_env env, napi_value object, Schema *schema) {
  napi_value array, element;
  uint32_t count;
  if (!get_property_array(env, object, "columns", &array, &count) || count > 32767) return false;
  schema->columns = calloc(count + 1, sizeof *schema->columns);
  if (!schema->columns) return false;
  schema->column_count = count;
  for (uint32_t i = 0; i < count; i++) {
    if (napi_get_element(env, array, i, &element) != napi_ok || !read_column(env, element, &schema->columns[i], count)) return false;
  }
  return true;
}

static bool read_order(napi_env env, napi_value object, Schema *schema) {
  napi_value array;
  uint32_t count;
  int64_t column;
  if (!get_property_array(env, object, "order", &array, &count) || count > schema->column_count) return false;
  schema->order = calloc(count + 1, sizeof *schema->order);
  if (!schema->order) return false;
  schema->order_count = count;
  for (uint32_t i = 0; i < count; i++) {
    if (!get_element_integer(env, array, i, &column) || column < 0 || column >= schema->column_count) return false;
    schema->order[i] = (int32_t)column;
  }
  return true;
}

static bool read_exact(napi_env env, napi_value object, Schema *schema) {
  napi_value array;
  uint32_t count;
  int64_t column;
  if (!get_property_array(env, object, "exact", &array, &count)) return false;
  for (uint32_t i = 0; i < count; i++) {
    if (!get_element_integer(env, array, i, &column) || column < 0 || column >= schema->column_count) return false;
    schema->columns[column].exact = true;
  }
  return true;
}

bool schema_read(napi_env env, napi_value object, Schema *schema) {
  int64_t pushdown;
  napi_value writable;
  schema->ddl = get_property_text(env, object, "ddl");
  if (!schema->ddl || !get_property_integer(env, object, "table", &schema->table) ||
      !get_property_integer(env, object, "pushdown", &pushdown) || pushdown < PUSHDOWN_ALL || pushdown > PUSHDOWN_OSQUERY ||
      napi_get_named_property(env, object, "writable", &writable) != napi_ok ||
      napi_get_value_bool(env, writable, &schema->writable) != napi_ok) {
    return false;
  }
  schema->pushdown = (enum Pushdown)pushdown;
  schema->example = get_property_text(env, object, "example");
  return read_columns(env, object, schema) && read_order(env, object, schema) && read_exact(env, object, schema);
}
