/* The virtual-table module. Planning follows osquery's cost model; rows come from JavaScript in blocks. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "outpost.h"

SQLITE_EXTENSION_INIT3

#define DEFAULT_COST 1000000.0

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

void schema_free(Schema *schema) {
  for (uint32_t i = 0; schema->columns && i < schema->column_count; i++) free(schema->columns[i].name);
  free(schema->columns);
  free(schema->order);
  free(schema->ddl);
  free(schema->example);
  *schema = (Schema){0};
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

/* ---- planning ---- */

static bool is_range(int operator) {
  return operator == SQLITE_INDEX_CONSTRAINT_GT || operator == SQLITE_INDEX_CONSTRAINT_GE ||
         operator == SQLITE_INDEX_CONSTRAINT_LT || operator == SQLITE_INDEX_CONSTRAINT_LE;
}

static bool is_cut(int operator) {
  return operator == SQLITE_INDEX_CONSTRAINT_LIMIT || operator == SQLITE_INDEX_CONSTRAINT_OFFSET;
}

/* Whether a constraint says something a table can look up; those answer a required column. */
static bool is_lookup(int operator) {
  switch (operator) {
    case SQLITE_INDEX_CONSTRAINT_EQ:
    case SQLITE_INDEX_CONSTRAINT_IS:
    case SQLITE_INDEX_CONSTRAINT_LIKE:
    case SQLITE_INDEX_CONSTRAINT_GLOB:
    case SQLITE_INDEX_CONSTRAINT_REGEXP:
    case SQLITE_INDEX_CONSTRAINT_MATCH:
      return true;
    default:
      return false;
  }
}

typedef struct Plan {
  sqlite3_index_info *info;
  const Schema *schema;
  sqlite3_str *text;
  int arguments;
  double cost;
  bool required; /* a required column is constrained */
  bool exact;    /* the generator applies every constraint exactly */
} Plan;

/* A text comparison under another collation than the column's own is none a generator can apply. */
static bool collation_fits(const Plan *plan, int index, const Column *column) {
  if (column->type != TYPE_TEXT) return true;
  int operator = plan->info->aConstraint[index].op;
  if (operator != SQLITE_INDEX_CONSTRAINT_EQ && operator != SQLITE_INDEX_CONSTRAINT_IS && !is_range(operator)) return true;
  const char *collation = sqlite3_vtab_collation(plan->info, index);
  return !collation || !sqlite3_stricmp(collation, column->collation);
}

static bool is_literal(const Plan *plan, int index) {
  sqlite3_value *value = NULL;
  return sqlite3_vtab_rhs_value(plan->info, index, &value) == SQLITE_OK && value;
}

static void push(Plan *plan, int index, const Column *column) {
  const struct sqlite3_index_constraint *constraint = &plan->info->aConstraint[index];
  bool list = sqlite3_vtab_in(plan->info, index, -1);
  bool at_once = list && (plan->schema->pushdown == PUSHDOWN_ALL || column->options & OPTION_OPTIMIZED);
  plan->info->aConstraintUsage[index].argvIndex = ++plan->arguments;
  if (at_once) sqlite3_vtab_in(plan->info, index, 1);
  char kind = at_once ? 'I' : !list && is_literal(plan, index) ? 'K' : 'C';
  sqlite3_str_appendf(plan->text, "%c%d:%d ", kind, constraint->iColumn, constraint->op);
  if (constraint->op != SQLITE_INDEX_CONSTRAINT_EQ || list != at_once || !column->exact) plan->exact = false;
}

static void plan_constraint(Plan *plan, int index) {
  const struct sqlite3_index_constraint *constraint = &plan->info->aConstraint[index];
  int operator = constraint->op;
  if (is_cut(operator)) return;
  if (!constraint->usable || constraint->iColumn < 0 || constraint->iColumn >= (int)plan->schema->column_count) {
    plan->exact = false;
    return;
  }
  const Column *column = &plan->schema->columns[constraint->iColumn];
  bool all = plan->schema->pushdown == PUSHDOWN_ALL;
  bool indexed = column->options & (OPTION_INDEX | OPTION_REQUIRED | OPTION_ADDITIONAL);
  bool text_range = column->type == TYPE_TEXT && is_range(operator);
  bool fits = collation_fits(plan, index, column) || (!all && column->options & OPTION_REQUIRED);
  if (!fits || (!all && (text_range || !indexed))) {
    if (text_range) plan->cost += 10;
    plan->exact = false;
    return;
  }
  push(plan, index, column);
  if (text_range) {
    plan->cost += 10;
  } else if (indexed) {
    plan->cost = 1;
    if (column->options & OPTION_REQUIRED && (!all || is_lookup(operator))) plan->required = true;
  }
}

/* ORDER BY is consumed when it is an ascending beginning of the order in which the rows come anyway. */
static bool order_fits(const Plan *plan) {
  const sqlite3_index_info *info = plan->info;
  if (info->nOrderBy > (int)plan->schema->order_count) return false;
  for (int i = 0; i < info->nOrderBy; i++) {
    if (info->aOrderBy[i].desc || info->aOrderBy[i].iColumn != plan->schema->order[i]) return false;
  }
  return true;
}

static void plan_order(Plan *plan) {
  const sqlite3_index_info *info = plan->info;
  for (int i = 0; i < info->nOrderBy; i++) {
    if (info->aOrderBy[i].iColumn < 0) return;
  }
  for (int i = 0; i < info->nOrderBy; i++) {
    sqlite3_str_appendf(plan->text, "%c%d ", info->aOrderBy[i].desc ? 'D' : 'A', info->aOrderBy[i].iColumn);
  }
}

/* A limit without its offset would cut too early, so both are taken or none. */
static void plan_limit(Plan *plan) {
  sqlite3_index_info *info = plan->info;
  for (int i = 0; i < info->nConstraint; i++) {
    if (is_cut(info->aConstraint[i].op) && !info->aConstraint[i].usable) return;
  }
  for (int i = 0; i < info->nConstraint; i++) {
    if (!is_cut(info->aConstraint[i].op)) continue;
    info->aConstraintUsage[i].argvIndex = ++plan->arguments;
    sqlite3_str_appendf(plan->text, info->aConstraint[i].op == SQLITE_INDEX_CONSTRAINT_LIMIT ? "L " : "O ");
  }
}

static bool uses_required(const Plan *plan) {
  for (uint32_t i = 0; i < plan->schema->column_count; i++) {
    uint64_t bit = (uint64_t)1 << (i < 63 ? i : 63);
    if (plan->schema->columns[i].options & OPTION_REQUIRED && plan->info->colUsed & bit) return true;
  }
  return false;
}

static int best_index(sqlite3_vtab *base, sqlite3_index_info *info) {
  Table *table = (Table *)base;
  Plan plan = {.info = info, .schema = &table->schema, .cost = DEFAULT_COST, .exact = true};
  plan.text = sqlite3_str_new(table->connection->db);
  sqlite3_str_appendf(plan.text, "U%llx ", (unsigned long long)info->colUsed);
  for (int i = 0; i < info->nConstraint; i++) plan_constraint(&plan, i);
  if (plan.required) {
    sqlite3_str_appendf(plan.text, "R ");
  } else if (uses_required(&plan)) {
    plan.cost = DEFAULT_COST;
  }
  plan_order(&plan);
  bool ordered = order_fits(&plan);
  if (info->nOrderBy && ordered) info->orderByConsumed = 1;
  if (plan.exact && ordered) plan_limit(&plan);
  info->estimatedCost = plan.cost;
  info->idxStr = sqlite3_str_finish(plan.text);
  info->needToFreeIdxStr = 1;
  return info->idxStr ? SQLITE_OK : SQLITE_NOMEM;
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

typedef struct Parsed {
  Scan scan;
  ConstraintList constraints;
  int32_t order[64];
  sqlite3_value *limit, *offset;
  bool required;
} Parsed;

static void parse_constraint(Parsed *parsed, char kind, char *text, char **rest, sqlite3_value *value) {
  ConstraintValue *item = &parsed->constraints.items[parsed->constraints.count++];
  item->list = kind == 'I';
  item->literal = kind == 'K';
  item->column = (int32_t)strtol(text, rest, 10);
  item->operator = (int32_t)strtol(*rest + 1, rest, 10);
  item->value = value;
}

/* Reads the text that best_index wrote. */
static void parse_plan(Parsed *parsed, const char *plan, int count, sqlite3_value **values) {
  int argument = 0;
  for (char *p = (char *)plan; *p; p += *p == ' ') {
    char kind = *p++;
    bool constrains = kind == 'C' || kind == 'K' || kind == 'I';
    bool takes_value = constrains || kind == 'L' || kind == 'O';
    if (takes_value && argument >= count) return;
    sqlite3_value *value = takes_value ? values[argument++] : NULL;
    if (kind == 'U') {
      uint64_t used = strtoull(p, &p, 16);
      parsed->scan.used_low = (uint32_t)used;
      parsed->scan.used_high = (uint32_t)(used >> 32);
    } else if (constrains) {
      parse_constraint(parsed, kind, p, &p, value);
    } else if (kind == 'L') {
      parsed->limit = value;
    } else if (kind == 'O') {
      parsed->offset = value;
    } else if (kind == 'R') {
      parsed->required = true;
    } else {
      int32_t column = (int32_t)strtol(p, &p, 10);
      if (parsed->scan.order_count < 64) parsed->order[parsed->scan.order_count++] = kind == 'D' ? ~column : column;
    }
  }
}

static bool is_number(sqlite3_value *value) {
  int type = sqlite3_value_type(value);
  return type == SQLITE_INTEGER || type == SQLITE_FLOAT;
}

static bool has_number(const ConstraintValue *item) {
  if (!item->list) return is_number(item->value);
  sqlite3_value *value;
  for (int rc = sqlite3_vtab_in_first(item->value, &value); rc == SQLITE_OK && value;
       rc = sqlite3_vtab_in_next(item->value, &value)) {
    if (is_number(value)) return true;
  }
  return false;
}

/* Text is compared with a number from a column of numbers as a number, so that '01' equals 1; with a literal number as text. A
 * generator cannot tell which, so it is told of literals only. A required column is told always: it has nothing else to go by. */
static bool is_misleading(const Column *column, const ConstraintValue *item) {
  if (item->literal || column->options & OPTION_REQUIRED) return false;
  return (column->type == TYPE_TEXT || column->type == TYPE_BLOB) && has_number(item);
}

static void drop_misleading(Parsed *parsed, const Schema *schema) {
  uint32_t kept = 0;
  for (uint32_t i = 0; i < parsed->constraints.count; i++) {
    ConstraintValue *item = &parsed->constraints.items[i];
    if (!is_misleading(&schema->columns[item->column], item)) parsed->constraints.items[kept++] = *item;
  }
  if (kept < parsed->constraints.count) parsed->limit = NULL;
  parsed->constraints.count = kept;
}

static bool type_is_exact(const Column *column, sqlite3_value *value) {
  int type = sqlite3_value_type(value);
  if (column->type == TYPE_TEXT) return type == SQLITE_TEXT;
  return column->type != TYPE_BLOB && column->type != TYPE_UNKNOWN && type == SQLITE_INTEGER;
}

/* Values of another type than the column's are compared after conversions that a generator need not know. */
static bool values_are_exact(const Schema *schema, const ConstraintList *list) {
  for (uint32_t i = 0; i < list->count; i++) {
    const ConstraintValue *item = &list->items[i];
    const Column *column = &schema->columns[item->column];
    if (!item->list) {
      if (!type_is_exact(column, item->value)) return false;
      continue;
    }
    sqlite3_value *value;
    for (int rc = sqlite3_vtab_in_first(item->value, &value); rc == SQLITE_OK && value;
         rc = sqlite3_vtab_in_next(item->value, &value)) {
      if (!type_is_exact(column, value)) return false;
    }
  }
  return true;
}

static int64_t hint_of(sqlite3_value *value) {
  return value && sqlite3_value_type(value) == SQLITE_INTEGER ? sqlite3_value_int64(value) : -1;
}

static void parse_limit(Parsed *parsed, const Schema *schema) {
  parsed->scan.limit = -1;
  int64_t limit = hint_of(parsed->limit), offset = parsed->offset ? hint_of(parsed->offset) : 0;
  if (limit < 0 || !values_are_exact(schema, &parsed->constraints)) return;
  if (offset < 0) offset = 0;
  if (limit <= INT64_MAX - offset) parsed->scan.limit = limit + offset;
  /* osquery gives extensions a limit as a constraint on the first column; one that honours it does not know the offset. */
  bool first_pushed = schema->column_count && schema->columns[0].options & (OPTION_INDEX | OPTION_REQUIRED | OPTION_ADDITIONAL);
  if (schema->pushdown == PUSHDOWN_OSQUERY && first_pushed && offset == 0) {
    parsed->constraints.items[parsed->constraints.count++] =
        (ConstraintValue){.column = 0, .operator = SQLITE_INDEX_CONSTRAINT_LIMIT, .value = parsed->limit};
  }
}

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
  drop_misleading(parsed, &table->schema);
  parse_limit(parsed, &table->schema);
  cursor->rows.wanted = (uint64_t)parsed->scan.used_high << 32 | parsed->scan.used_low;
  parsed->scan.table = table->schema.table;
  parsed->scan.order = parsed->order;
  parsed->scan.cursor = cursor->id = ++table->connection->next_cursor;
  parsed->constraints.pushdown = table->schema.pushdown;
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
  parse_plan(&parsed, plan ? plan : "", count, values);
  int rc = open_scan(cursor, &parsed);
  free(parsed.constraints.items);
  return rc;
}

static int next(sqlite3_vtab_cursor *base) { return advance((Cursor *)base); }

static int end(sqlite3_vtab_cursor *base) { return ((Cursor *)base)->end; }

static int column(sqlite3_vtab_cursor *base, sqlite3_context *context, int index) {
  Cursor *cursor = (Cursor *)base;
  if (index >= 0 && index < (int)cursor->rows.schema->column_count) rows_result(&cursor->rows, context, (uint32_t)index);
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
