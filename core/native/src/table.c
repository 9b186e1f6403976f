/* The virtual-table module. Rows come from JavaScript in blocks. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "outpost.h"

SQLITE_EXTENSION_INIT3

typedef struct Table {
  sqlite3_vtab base;
  Connection *connection;
  Module *module;
  Schema schema;
} Table;

typedef struct Cursor {
  sqlite3_vtab_cursor base;
  Rows rows;
  uint32_t id;
  bool open; /* JavaScript holds a cursor of this id */
  bool end;
  uint32_t scan;
  int64_t index;     /* of the current row in this scan */
  int64_t identified; /* the index whose identity is `row_id`, or -1 */
  int64_t row_id;
  Identity identity;
} Cursor;

uint64_t now_nanoseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* Hands a message over to SQLite, which frees it. */
static int fail(sqlite3_vtab *table, int rc, char *message) {
  sqlite3_free(table->zErrMsg);
  table->zErrMsg = message;
  return rc;
}

static Table *table_of(Cursor *cursor) { return (Table *)cursor->base.pVtab; }

/* ---- connecting ---- */

static int update(sqlite3_vtab *base, int count, sqlite3_value **values, sqlite3_int64 *row_id);

static int disconnect(sqlite3_vtab *base) {
  Table *table = (Table *)base;
  schema_free(&table->schema);
  free(table);
  return SQLITE_OK;
}

static int connect(sqlite3 *db, void *argument, int count, const char *const *arguments, sqlite3_vtab **out, char **error) {
  (void)count, (void)arguments;
  Module *module = argument;
  Table *table = calloc(1, sizeof *table);
  if (!table) return SQLITE_NOMEM;
  table->connection = module->connection;
  table->module = module;
  int rc = javascript_connect(module->connection, module->name, &table->schema, error);
  if (!rc) {
    module->methods.xUpdate = table->schema.writable ? update : NULL;
    rc = sqlite3_declare_vtab(db, table->schema.ddl);
    if (rc) *error = sqlite3_mprintf("table %s: %s", module->name, sqlite3_errmsg(db));
  }
  if (rc) {
    disconnect(&table->base);
    return rc;
  }
  *out = &table->base;
  return SQLITE_OK;
}

static int best_index(sqlite3_vtab *base, sqlite3_index_info *info) {
  const Table *table = (Table *)base;
  return plan_make(table->connection->db, &table->schema, info);
}

/* ---- cursors ---- */

static int open_cursor(sqlite3_vtab *base, sqlite3_vtab_cursor **out) {
  Table *table = (Table *)base;
  uint32_t columns = table->schema.column_count;
  Cursor *cursor = calloc(1, sizeof *cursor);
  if (!cursor) return SQLITE_NOMEM;
  cursor->rows.schema = &table->schema;
  cursor->rows.cells = calloc(columns + 1, sizeof *cursor->rows.cells);
  cursor->rows.used = calloc(columns + 1, sizeof *cursor->rows.used);
  cursor->rows.key_order_capacity = columns + 8;
  cursor->rows.key_order = calloc(cursor->rows.key_order_capacity, sizeof *cursor->rows.key_order);
  cursor->end = true;
  *out = &cursor->base;
  if (cursor->rows.cells && cursor->rows.used && cursor->rows.key_order) return SQLITE_OK;
  free(cursor->rows.cells);
  free(cursor->rows.used);
  free(cursor->rows.key_order);
  free(cursor);
  return SQLITE_NOMEM;
}

static void close_scan(Cursor *cursor) {
  if (cursor->open) javascript_close(table_of(cursor)->connection, cursor->id);
  cursor->open = false;
}

static int close_cursor(sqlite3_vtab_cursor *base) {
  Cursor *cursor = (Cursor *)base;
  close_scan(cursor);
  identity_free(&cursor->identity);
  free(cursor->rows.block.data);
  free(cursor->rows.cells);
  free(cursor->rows.used);
  free(cursor->rows.key_order);
  free(cursor);
  return SQLITE_OK;
}

static int malformed(Cursor *cursor, const char *fault) {
  const char *name = table_of(cursor)->module->name;
  cursor->end = true;
  return fail(cursor->base.pVtab, SQLITE_ERROR, sqlite3_mprintf("The rows of table %s are malformed: %s.", name, fault));
}

static void set_used(Rows *rows, uint64_t used) {
  rows->used_count = 0;
  for (uint32_t i = 0; i < rows->schema->column_count; i++) {
    rows->cells[i].kind = CELL_NULL;
    if (used >> (i < 63 ? i : 63) & 1) rows->used[rows->used_count++] = i;
  }
}

static int load(Cursor *cursor) {
  set_used(&cursor->rows, cursor->rows.block.columns ? cursor->rows.block.columns : cursor->rows.wanted);
  const char *fault = rows_load(&cursor->rows);
  if (fault) return malformed(cursor, fault);
  table_of(cursor)->module->counters.bytes += cursor->rows.block.length;
  return SQLITE_OK;
}

static int next_block(Cursor *cursor) {
  Table *table = table_of(cursor);
  if (!cursor->rows.block.more) {
    cursor->end = true;
    return SQLITE_OK;
  }
  if (atomic_load(&table->connection->interrupted)) return SQLITE_INTERRUPT;
  char *error = NULL;
  uint64_t start = now_nanoseconds();
  int rc = javascript_next(table->connection, cursor->id, &cursor->rows.block, &cursor->end, &error);
  table->module->counters.nanoseconds += now_nanoseconds() - start;
  if (rc) {
    cursor->end = true;
    return fail(&table->base, rc, error);
  }
  return cursor->end ? SQLITE_OK : load(cursor);
}

static int advance(Cursor *cursor) {
  while (!cursor->end && !cursor->rows.block.rows_left) {
    int rc = next_block(cursor);
    if (rc) return rc;
  }
  if (cursor->end) return SQLITE_OK;
  const char *fault = rows_next(&cursor->rows);
  if (fault) return malformed(cursor, fault);
  cursor->index++;
  table_of(cursor)->module->counters.rows++;
  return SQLITE_OK;
}

/* ---- starting a scan ---- */

static char *required_message(const Table *table) {
  const Schema *schema = &table->schema;
  sqlite3_str *text = sqlite3_str_new(table->connection->db);
  sqlite3_str_appendf(text, "Table %s was queried without a required column in the WHERE clause", table->module->name);
  const char *separator = ": ", *first = NULL;
  for (uint32_t i = 0; i < schema->column_count; i++) {
    if (!(schema->columns[i].options & OPTION_REQUIRED)) continue;
    if (!first) first = schema->columns[i].name;
    sqlite3_str_appendf(text, "%s%s", separator, schema->columns[i].name);
    separator = " or ";
  }
  if (schema->example) {
    sqlite3_str_appendf(text, ". Example: %s", schema->example);
  } else {
    sqlite3_str_appendf(text, ". Example: select * from %s where %s = '...'", table->module->name, first);
  }
  return sqlite3_str_finish(text);
}

static bool lacks_required(const Schema *schema, bool required) {
  if (required) return false;
  for (uint32_t i = 0; i < schema->column_count; i++) {
    if (schema->columns[i].options & OPTION_REQUIRED) return true;
  }
  return false;
}

static int open_scan(Cursor *cursor, Parsed *parsed) {
  Table *table = table_of(cursor);
  Block *block = &cursor->rows.block;
  if (lacks_required(&table->schema, parsed->required)) return fail(&table->base, SQLITE_CONSTRAINT, required_message(table));
  if (atomic_load(&table->connection->interrupted)) return SQLITE_INTERRUPT;
  cursor->rows.wanted = (uint64_t)parsed->scan.used_high << 32 | parsed->scan.used_low;
  parsed->scan.cursor = cursor->id = ++table->connection->next_cursor;
  block->rows_left = 0;
  table->module->counters.scans++;
  char *error = NULL;
  uint64_t start = now_nanoseconds();
  int rc = javascript_open(table->connection, &parsed->scan, &parsed->constraints, block, &cursor->end, &error);
  table->module->counters.nanoseconds += now_nanoseconds() - start;
  if (rc) {
    cursor->end = true;
    return fail(&table->base, rc, error);
  }
  cursor->open = true;
  if (cursor->end) return SQLITE_OK;
  rc = load(cursor);
  return rc ? rc : advance(cursor);
}

static int filter(sqlite3_vtab_cursor *base, int number, const char *plan, int count, sqlite3_value **values) {
  (void)number;
  Cursor *cursor = (Cursor *)base;
  close_scan(cursor);
  cursor->end = true;
  cursor->scan++;
  cursor->index = cursor->identified = -1;
  Parsed parsed = {0};
  parsed.constraints.items = calloc((size_t)count + 1, sizeof *parsed.constraints.items);
  if (!parsed.constraints.items) return SQLITE_NOMEM;
  plan_read(&parsed, cursor->rows.schema, plan ? plan : "", count, values);
  int rc = open_scan(cursor, &parsed);
  free(parsed.constraints.items);
  return rc;
}

static int next(sqlite3_vtab_cursor *base) { return advance((Cursor *)base); }

static int end(sqlite3_vtab_cursor *base) { return ((Cursor *)base)->end; }

static int column(sqlite3_vtab_cursor *base, sqlite3_context *context, int index) {
  Cursor *cursor = (Cursor *)base;
  const Schema *schema = cursor->rows.schema;
  if (index < 0 || index >= (int)schema->column_count) return SQLITE_OK;
  /* An UPDATE that sets a column leaves its alias as it was, and must not seem to set it, too. osquery's does. */
  bool alias = schema->columns[index].target >= 0 && schema->pushdown == PUSHDOWN_ALL;
  if (!alias || !sqlite3_vtab_nochange(context)) rows_result(&cursor->rows, context, (uint32_t)index);
  return SQLITE_OK;
}

static int row_id(sqlite3_vtab_cursor *base, sqlite3_int64 *out) {
  Cursor *cursor = (Cursor *)base;
  int64_t id = 0;
  if (cursor->rows.rowid.kind != CELL_NULL) {
    if (!rows_rowid(&cursor->rows, &id)) return SQLITE_ERROR;
    *out = id;
    return SQLITE_OK;
  }
  if (cursor->identified != cursor->index) {
    if (!identity_of(&cursor->identity, &cursor->rows, cursor->scan, cursor->index, &cursor->row_id)) return SQLITE_NOMEM;
    cursor->identified = cursor->index;
  }
  *out = cursor->row_id;
  return SQLITE_OK;
}

/* ---- writing ---- */

static int update(sqlite3_vtab *base, int count, sqlite3_value **values, sqlite3_int64 *row_id) {
  Table *table = (Table *)base;
  bool deletes = count == 1, inserts = !deletes && sqlite3_value_type(values[0]) == SQLITE_NULL;
  Write write = {.table = table->schema.table, .kind = deletes ? 3 : inserts ? 1 : 2};
  write.rowid = inserts ? NULL : values[0];
  write.new_rowid = deletes ? NULL : values[1];
  write.values = values + 2;
  write.value_count = deletes ? 0 : (uint32_t)count - 2;
  char *error = NULL;
  int64_t id = 0;
  int rc = javascript_update(table->connection, &write, &id, &error);
  if (rc) return fail(base, rc, error);
  if (inserts) *row_id = id;
  return SQLITE_OK;
}

/* ---- declaring ---- */

static const sqlite3_module methods = {
    .xCreate = connect,
    .xConnect = connect,
    .xBestIndex = best_index,
    .xDisconnect = disconnect,
    .xDestroy = disconnect,
    .xOpen = open_cursor,
    .xClose = close_cursor,
    .xFilter = filter,
    .xNext = next,
    .xEof = end,
    .xColumn = column,
    .xRowid = row_id,
};

static void module_free(void *argument) {
  Module *module = argument;
  Module **link = &module->connection->modules;
  while (*link && *link != module) link = &(*link)->next;
  if (*link) *link = module->next;
  connection_release(module->connection);
  free(module->name);
  free(module);
}

int module_declare(Connection *connection, const char *name) {
  Module *module = calloc(1, sizeof *module);
  char *copy = strdup(name);
  if (!module || !copy) {
    free(module);
    free(copy);
    return SQLITE_NOMEM;
  }
  *module = (Module){.methods = methods, .connection = connection, .name = copy, .next = connection->modules};
  connection->modules = module;
  connection_retain(connection);
  return sqlite3_create_module_v2(connection->db, name, &module->methods, module, module_free);
}

int module_undeclare(Connection *connection, const char *name) {
  return sqlite3_create_module_v2(connection->db, name, NULL, NULL, NULL);
}
