/* The table of connections: the only global state, guarded by one mutex, so that a connection can be interrupted from any
 * thread while its own thread may be closing it. Everything else of a connection belongs to the thread that opened it. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "outpost.h"

SQLITE_EXTENSION_INIT1

static struct {
  pthread_mutex_t mutex;
  Connection *first;
  uint32_t next_id;
} table = {PTHREAD_MUTEX_INITIALIZER, NULL, 1};

/* The connection of a handle if it is attached to `env` (NULL: to none yet). One that is attached to the caller's environment
 * belongs to the caller's thread, so nobody else frees it afterwards. */
Connection *connection_find(uint32_t id, napi_env env) {
  pthread_mutex_lock(&table.mutex);
  Connection *found = table.first;
  while (found && found->id != id) found = found->next;
  if (found && found->env != env) found = NULL;
  pthread_mutex_unlock(&table.mutex);
  return found;
}

static void set_environment(Connection *connection, napi_env env) {
  pthread_mutex_lock(&table.mutex);
  connection->env = env;
  pthread_mutex_unlock(&table.mutex);
}

static void interrupt(Connection *connection) {
  atomic_store(&connection->interrupted, true);
  sqlite3_interrupt(connection->db);
}

bool connection_interrupt(uint32_t id, uint32_t run) {
  bool hit = false;
  if (!id) return false; /* nobody's id, and the parent of those that have none */
  pthread_mutex_lock(&table.mutex);
  for (Connection *each = table.first; each; each = each->next) {
    if ((each->id != id && each->parent != id) || (run && run != atomic_load(&each->run))) continue;
    interrupt(each);
    hit = true;
  }
  pthread_mutex_unlock(&table.mutex);
  return hit;
}

/* From here on the child is part of the parent's run: what interrupts the one, or has interrupted it, interrupts the other. */
void connection_adopt(const Connection *parent, Connection *child) {
  pthread_mutex_lock(&table.mutex);
  child->parent = parent->id;
  atomic_store(&child->run, atomic_load(&parent->run));
  if (atomic_load(&parent->interrupted)) interrupt(child);
  pthread_mutex_unlock(&table.mutex);
}

void connection_retain(Connection *connection) { connection->references++; }

void connection_release(Connection *connection) {
  if (--connection->references) return;
  sqlite3_free(connection->denial);
  free(connection);
}

void connection_clear_failure(Connection *connection) {
  if (connection->failure) napi_delete_reference(connection->env, connection->failure);
  connection->failure = NULL;
}

static void environment_ends(void *argument) { connection_detach(argument); }

/* Ends every statement and forgets JavaScript; the SQLite connection stays open until its owner closes it. */
void connection_detach(Connection *connection) {
  napi_env env = connection->env;
  if (!env) return;
  while (connection->statements) statement_finalize(connection->statements);
  connection_clear_failure(connection);
  functions_detach(connection);
  set_environment(connection, NULL);
  for (int i = 0; i < CALLBACK_COUNT; i++) {
    if (connection->callbacks[i]) napi_delete_reference(env, connection->callbacks[i]);
    connection->callbacks[i] = NULL;
  }
  if (connection->receiver) napi_delete_reference(env, connection->receiver);
  if (connection->registers_reference) napi_delete_reference(env, connection->registers_reference);
  connection->receiver = connection->registers_reference = NULL;
  napi_remove_env_cleanup_hook(env, environment_ends, connection);
}

/* ---- runs ---- */

static int64_t clock_nanoseconds(clockid_t clock) {
  struct timespec time;
  return clock_gettime(clock, &time) ? 0 : time.tv_sec * 1000000000LL + time.tv_nsec;
}

void connection_begin_run(Connection *connection, uint32_t run, int64_t memory_limit) {
  connection->changed = false;
  connection->memory_limit = memory_limit < INT64_MAX / 2 ? memory_limit : 0; /* so that a sum with it fits */
  connection->memory_base = memory_held();
  atomic_store(&connection->memory_meter, connection->memory_base);
  memory_take_refusal();
  atomic_store(&connection->cpu_base, clock_nanoseconds(connection->cpu_clock));
  atomic_store(&connection->interrupted, false);
  atomic_store(&connection->run, run);
}

/* The connection for which a run is under way, or NULL; the mutex of the table has to be held. */
static Connection *find_run(uint32_t id, uint32_t run) {
  Connection *found = table.first;
  while (found && found->id != id) found = found->next;
  return found && found->env && run == atomic_load(&found->run) ? found : NULL;
}

/* Nanoseconds of CPU time that the thread of a connection has taken since a run began, from any thread; -1 when it is not under way. */
int64_t connection_cpu(uint32_t id, uint32_t run) {
  pthread_mutex_lock(&table.mutex);
  const Connection *found = find_run(id, run);
  int64_t used = found ? clock_nanoseconds(found->cpu_clock) - atomic_load(&found->cpu_base) : -1;
  pthread_mutex_unlock(&table.mutex);
  return used;
}

/* Bytes that SQLite has allocated for a run and not freed, as connection_cpu. */
int64_t connection_memory(uint32_t id, uint32_t run) {
  pthread_mutex_lock(&table.mutex);
  const Connection *found = find_run(id, run);
  int64_t taken = found ? atomic_load(&found->memory_meter) - found->memory_base : -1;
  pthread_mutex_unlock(&table.mutex);
  return taken < 0 && found ? 0 : taken;
}

/* Around each call into SQLite that may take memory. Calls nest where a table asks another connection of the same thread. */
MemoryBound connection_enter(Connection *connection) {
  connection->depth++;
  int64_t ceiling = connection->memory_limit ? connection->memory_base + connection->memory_limit : INT64_MAX;
  MemoryBound outer = memory_bound((MemoryBound){ceiling, connection->db, &connection->memory_meter});
  if (outer.ceiling < ceiling) memory_bound(outer);
  return outer;
}

void connection_leave(Connection *connection, MemoryBound entered) {
  connection->depth--;
  memory_bound(entered);
}

/* ---- life ---- */

void connection_attach(Connection *connection, napi_env env) {
  if (pthread_getcpuclockid(pthread_self(), &connection->cpu_clock)) connection->cpu_clock = CLOCK_THREAD_CPUTIME_ID;
  set_environment(connection, env);
  napi_add_env_cleanup_hook(env, environment_ends, connection);
}

/* SQLite is closing the connection: its functions are destroyed. */
static void connection_closes(void *argument) {
  Connection *connection = argument;
  pthread_mutex_lock(&table.mutex);
  Connection **link = &table.first;
  while (*link && *link != connection) link = &(*link)->next;
  if (*link) *link = connection->next;
  pthread_mutex_unlock(&table.mutex);
  connection_detach(connection);
  connection_release(connection);
}

static void handle_function(sqlite3_context *context, int count, sqlite3_value **values) {
  (void)count, (void)values;
  const Connection *connection = sqlite3_user_data(context);
  sqlite3_result_int64(context, connection->id);
}

/* ---- what a statement may do ---- */

static bool is_one_of(const char *name, const char *const *names, size_t count) {
  for (size_t i = 0; name && i < count; i++) {
    if (!sqlite3_stricmp(name, names[i])) return true;
  }
  return false;
}

#define IS_ONE_OF(name, names) is_one_of(name, names, sizeof(names) / sizeof *(names))

/* Of these two only the question is without effect. */
static const char *const settings[] = {"journal_mode", "case_sensitive_like"};
static const char *const questions[] = {"table_info", "table_xinfo", "function_list", "collation_list"};

/* Functions that open files, give away pointers or reach into tokenizers; the allowed ones see nothing but their arguments. */
static const char *const denied_functions[] = {"load_extension", "outpost_handle", "fts3_tokenizer", "fts5"};

/* Modules that SQLite brings and that keep tables of their own, which nobody accounts for. A test compares this with what it brings. */
static const char *const denied_modules[] = {"fts3", "fts3tokenize", "fts4",  "fts4aux",   "fts5",
                                             "fts5vocab", "geopoly", "rtree", "rtree_i32"};

static bool action_allowed(int action, const char *first, const char *second) {
  switch (action) {
    case SQLITE_CREATE_VTABLE:
      return !IS_ONE_OF(second, denied_modules);
    case SQLITE_READ:
    case SQLITE_SELECT:
    case SQLITE_INSERT:
    case SQLITE_UPDATE:
    case SQLITE_DELETE:
    case SQLITE_DROP_VTABLE:
    case SQLITE_CREATE_VIEW:
    case SQLITE_DROP_VIEW:
    case SQLITE_CREATE_TABLE:
    case SQLITE_DROP_TABLE:
    case SQLITE_CREATE_TEMP_TABLE:
    case SQLITE_DROP_TEMP_TABLE:
    case SQLITE_CREATE_TEMP_VIEW:
    case SQLITE_DROP_TEMP_VIEW:
    case SQLITE_RECURSIVE:
    case SQLITE_TRANSACTION:
      return true;
    case SQLITE_FUNCTION:
      return !IS_ONE_OF(second, denied_functions);
    case SQLITE_PRAGMA:
      return IS_ONE_OF(first, settings) || IS_ONE_OF(first, questions);
    default:
      return false;
  }
}

/* Whether a statement with this action may leave something behind in its connection. Rows that are written are either of an extension, or
 * of a table that was created in the same run. */
static bool leaves_traces(int action, const char *first, const char *second) {
  switch (action) {
    case SQLITE_READ:
    case SQLITE_SELECT:
    case SQLITE_INSERT:
    case SQLITE_UPDATE:
    case SQLITE_DELETE:
    case SQLITE_RECURSIVE:
    case SQLITE_FUNCTION:
      return false;
    case SQLITE_PRAGMA:
      return second && IS_ONE_OF(first, settings);
    default:
      return true;
  }
}

static int authorize(void *argument, int action, const char *a, const char *b, const char *c, const char *d) {
  Connection *connection = argument;
  if (action_allowed(action, a, b)) {
    if (leaves_traces(action, a, b)) connection->changed = true;
    return SQLITE_OK;
  }
  sqlite3_free(connection->denial);
  connection->denial = sqlite3_mprintf("Authorizer denied action %d %.1024s %.1024s %.1024s %.1024s", action, a ? a : "null", b ? b : "null",
                                       c ? c : "null", d ? d : "null");
  return SQLITE_DENY;
}

void connection_authorize(Connection *connection, bool on) {
  sqlite3_set_authorizer(connection->db, on ? authorize : NULL, connection);
}

/* ---- opening ---- */

static void bound(sqlite3 *db) {
  sqlite3_limit(db, SQLITE_LIMIT_LENGTH, 256 << 20);
  sqlite3_limit(db, SQLITE_LIMIT_SQL_LENGTH, 16 << 20);
  sqlite3_limit(db, SQLITE_LIMIT_EXPR_DEPTH, 1000);
  sqlite3_limit(db, SQLITE_LIMIT_COMPOUND_SELECT, 500);
  sqlite3_limit(db, SQLITE_LIMIT_FUNCTION_ARG, 1000);
  sqlite3_limit(db, SQLITE_LIMIT_VDBE_OP, 25000000);
  sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 0);
  sqlite3_limit(db, SQLITE_LIMIT_WORKER_THREADS, 0);
}

/* The settings that osquery opens its database with, as far as they mean anything in memory; temporary tables and sorters
 * stay in memory, so that a query never writes to a disk. */
static int settle(sqlite3 *db) {
  sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DML, 1, (int *)NULL);
  sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DDL, 1, (int *)NULL);
  sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, (int *)NULL);
  bound(db);
  return sqlite3_exec(db,
                      "pragma foreign_keys = off; pragma synchronous = off; pragma journal_mode = off;"
                      "pragma temp_store = memory; pragma auto_vacuum = full; pragma cache_size = -2000",
                      NULL, NULL, NULL);
}

__attribute__((visibility("default"))) int sqlite3_outpost_init(sqlite3 *db, char **error, const sqlite3_api_routines *api) {
  pthread_mutex_lock(&table.mutex);
  SQLITE_EXTENSION_INIT2(api);
  memory_install();
  pthread_mutex_unlock(&table.mutex);
  int rc = settle(db);
  if (!rc) rc = version_register(db);
  if (!rc) rc = math_register(db);
  if (rc) {
    *error = sqlite3_mprintf("%s", sqlite3_errmsg(db));
    return rc;
  }
  Connection *connection = calloc(1, sizeof *connection);
  if (!connection) return SQLITE_NOMEM;
  connection->db = db;
  connection->references = 1;
  pthread_mutex_lock(&table.mutex);
  connection->id = table.next_id++;
  connection->next = table.first;
  table.first = connection;
  pthread_mutex_unlock(&table.mutex);
  /* On failure SQLite calls connection_closes by itself. */
  rc = sqlite3_create_function_v2(db, "outpost_handle", 0, SQLITE_UTF8 | SQLITE_DIRECTONLY, connection, handle_function, NULL,
                                  NULL, connection_closes);
  return rc ? rc : SQLITE_OK_LOAD_PERMANENTLY;
}
