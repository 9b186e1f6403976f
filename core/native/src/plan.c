/* Planning: what of a statement's constraints, order and limit a table is told. It follows osquery's cost model. The plan is a text, which
 * SQLite keeps with the statement and gives back with each scan. */
#include <stdlib.h>

#include "outpost.h"

SQLITE_EXTENSION_INIT3

#define DEFAULT_COST 1000000.0

/* ---- making a plan ---- */

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

int plan_make(sqlite3 *db, const Schema *schema, sqlite3_index_info *info) {
  Plan plan = {.info = info, .schema = schema, .cost = DEFAULT_COST, .exact = true};
  plan.text = sqlite3_str_new(db);
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

/* ---- reading a plan ---- */

static void parse_constraint(Parsed *parsed, char kind, char *text, char **rest, sqlite3_value *value) {
  ConstraintValue *item = &parsed->constraints.items[parsed->constraints.count++];
  item->list = kind == 'I';
  item->literal = kind == 'K';
  item->column = (int32_t)strtol(text, rest, 10);
  item->operator = (int32_t)strtol(*rest + 1, rest, 10);
  item->value = value;
}

/* Reads the text that plan_make wrote. */
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

void plan_read(Parsed *parsed, const Schema *schema, const char *plan, int count, sqlite3_value **values) {
  parse_plan(parsed, plan, count, values);
  parsed->scan.table = schema->table;
  parsed->scan.order = parsed->order;
  parsed->constraints.pushdown = schema->pushdown;
  drop_misleading(parsed, schema);
  parse_limit(parsed, schema);
}
