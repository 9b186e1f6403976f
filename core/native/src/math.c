/* The mathematical functions, as osquery defines them over C's library: what the library reports in errno is the error of the
 * statement. SQLite's own functions of these names answer NULL instead, and its log() is the decadic one. */
#include <errno.h>
#include <math.h>

#include "outpost.h"

SQLITE_EXTENSION_INIT3

typedef double (*Unary)(double);

/* tan and exp are computed in long double, which moves the point where they overflow. */
static double wide_tan(double x) { return (double)tanl((long double)x); }
static double wide_exp(double x) { return (double)expl((long double)x); }
static double cot(double x) { return 1.0 / tan(x); }
static double degrees(double x) { return x * 180.0 / M_PI; }
static double radians(double x) { return x * M_PI / 180.0; }

typedef struct Computation {
  const char *name;
  Unary compute;
} Computation;

static const Computation functions[] = {
    {"sqrt", sqrt}, {"acos", acos},    {"asin", asin}, {"atan", atan},   {"cos", cos},         {"sin", sin},         {"tan", wide_tan},
    {"cot", cot},   {"exp", wide_exp}, {"log", log},   {"log10", log10}, {"degrees", degrees}, {"radians", radians},
};

/* The texts are glibc's whatever library is used. */
static void result_or_error(sqlite3_context *context, double result, int error) {
  if (!error) sqlite3_result_double(context, result);
  else sqlite3_result_error(context, error == EDOM ? "Numerical argument out of domain" : "Numerical result out of range", -1);
}

static void unary(sqlite3_context *context, int count, sqlite3_value **values) {
  (void)count;
  if (sqlite3_value_type(values[0]) == SQLITE_NULL) return;
  const Computation *function = sqlite3_user_data(context);
  double x = sqlite3_value_double(values[0]);
  errno = 0;
  double result = function->compute(x);
  result_or_error(context, result, errno);
}

static void power(sqlite3_context *context, int count, sqlite3_value **values) {
  (void)count;
  if (sqlite3_value_type(values[0]) == SQLITE_NULL || sqlite3_value_type(values[1]) == SQLITE_NULL) return;
  double base = sqlite3_value_double(values[0]), exponent = sqlite3_value_double(values[1]);
  errno = 0;
  double result = pow(base, exponent);
  result_or_error(context, result, errno);
}

static void pi(sqlite3_context *context, int count, sqlite3_value **values) {
  (void)count, (void)values;
  sqlite3_result_double(context, M_PI);
}

static const Computation ceiling = {"ceil", ceil}, floored = {"floor", floor};

/* An integer, where osquery's processor has one: what does not fit is the smallest. */
static void rounded(sqlite3_context *context, int count, sqlite3_value **values) {
  (void)count;
  int type = sqlite3_value_type(values[0]);
  if (type == SQLITE_NULL) return;
  const Computation *function = sqlite3_user_data(context);
  if (type == SQLITE_INTEGER) {
    sqlite3_result_int64(context, sqlite3_value_int64(values[0]));
    return;
  }
  double result = function->compute(sqlite3_value_double(values[0]));
  bool fits = result >= -9223372036854775808.0 && result < 9223372036854775808.0;
  sqlite3_result_int64(context, fits ? (sqlite3_int64)result : INT64_MIN);
}

static int define(sqlite3 *db, const char *name, int arity, const Computation *function,
                  void (*body)(sqlite3_context *, int, sqlite3_value **)) {
  return sqlite3_create_function_v2(db, name, arity, SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS, (void *)function,
                                    body, NULL, NULL, NULL);
}

int math_register(sqlite3 *db) {
  int rc = define(db, "power", 2, NULL, power);
  if (!rc) rc = define(db, "pi", 0, NULL, pi);
  if (!rc) rc = define(db, ceiling.name, 1, &ceiling, rounded);
  if (!rc) rc = define(db, floored.name, 1, &floored, rounded);
  for (size_t i = 0; !rc && i < sizeof functions / sizeof *functions; i++) {
    rc = define(db, functions[i].name, 1, &functions[i], unary);
  }
  return rc;
}
