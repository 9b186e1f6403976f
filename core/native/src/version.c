/* Version comparison as osquery's collations and version_compare() define it: byte based, in four flavours. */
#include <string.h>

#include "outpost.h"

SQLITE_EXTENSION_INIT3

typedef struct Flavour {
  const char *collation;
  bool epoch;                /* the position of the first colon decides first */
  bool delimiter_precedence; /* two different delimiters compare by rank */
  bool compare_remaining;    /* what follows the shorter text has a meaning of its own */
  bool remainder_precedence; /* a remainder after a digit outweighs an earlier difference */
} Flavour;

static const Flavour flavours[] = {
    {"version", false, false, false, false},
    {"version_arch", true, false, true, true},
    {"version_dpkg", true, true, false, false},
    {"version_rhel", true, true, true, false},
};

static int delimiter_rank(uint8_t byte) {
  switch (byte) {
    case '~': return 1;
    case '-': return 2;
    case '^': return 3;
    case '.': return 4;
    case ':': return 5;
    default: return 0;
  }
}

static int epoch_compare(const uint8_t *a, size_t a_length, const uint8_t *b, size_t b_length) {
  const uint8_t *a_colon = memchr(a, ':', a_length), *b_colon = memchr(b, ':', b_length);
  if (a_colon && b_colon) {
    ptrdiff_t difference = (a_colon - a) - (b_colon - b);
    return difference < 0 ? -1 : difference > 0;
  }
  return a_colon ? 1 : b_colon ? -1 : 0;
}

/* One text is a beginning of the other, but for bytes that differ inside segments: `sign` is that of the longer text. */
static int remainder_compare(const Flavour *flavour, const uint8_t *shorter, size_t length, const uint8_t *longer, int sign,
                             int first_difference) {
  uint8_t next = longer[length];
  if (flavour->compare_remaining) {
    if (next == '~') return -sign;
    if (next == '-') return 0;
    if (next == '^') return sign;
    bool after_digit = length > 0 && shorter[length - 1] >= '0' && shorter[length - 1] <= '9';
    if (first_difference && (!flavour->remainder_precedence || !after_digit)) return first_difference;
  } else if (first_difference && delimiter_rank(next)) {
    return first_difference;
  }
  return sign;
}

static int version_compare(const Flavour *flavour, const uint8_t *a, size_t a_length, const uint8_t *b, size_t b_length) {
  if (!a_length || !b_length) return a_length ? 1 : b_length ? -1 : 0;
  if (a_length == b_length && !memcmp(a, b, a_length)) return 0;
  if (flavour->epoch) {
    int result = epoch_compare(a, a_length, b, b_length);
    if (result) return result;
  }
  size_t common = a_length < b_length ? a_length : b_length;
  int first_difference = 0;
  for (size_t i = 0; i < common; i++) {
    int a_rank = delimiter_rank(a[i]), b_rank = delimiter_rank(b[i]);
    if (!a_rank && !b_rank) {
      if (!first_difference) first_difference = (int)(int8_t)a[i] - (int)(int8_t)b[i];
    } else if (!b_rank) {
      return -1;
    } else if (!a_rank) {
      return 1;
    } else if (first_difference) {
      return first_difference;
    } else if (flavour->delimiter_precedence && a_rank != b_rank) {
      return a_rank - b_rank;
    }
  }
  if (a_length == b_length) return first_difference;
  return a_length < b_length ? remainder_compare(flavour, a, a_length, b, -1, first_difference)
                             : remainder_compare(flavour, b, b_length, a, 1, first_difference);
}

static int collate(void *flavour, int a_length, const void *a, int b_length, const void *b) {
  return version_compare(flavour, a, (size_t)a_length, b, (size_t)b_length);
}

static const Flavour *flavour_named(const char *name) {
  static const char *const names[] = {"ARCH", "DPKG", "RHEL"};
  for (int i = 0; i < 3; i++) {
    if (!sqlite3_stricmp(name, names[i])) return &flavours[i + 1];
  }
  return NULL;
}

static void version_compare_function(sqlite3_context *context, int count, sqlite3_value **values) {
  if (count < 2 || sqlite3_value_type(values[0]) != SQLITE_TEXT || sqlite3_value_type(values[1]) != SQLITE_TEXT) {
    sqlite3_result_error(context, "Must provide two version strings to compare.", -1);
    return;
  }
  const Flavour *flavour = &flavours[0];
  if (count > 2) {
    if (sqlite3_value_type(values[2]) != SQLITE_TEXT) {
      sqlite3_result_error(context, "The optional third parameter is not a string.", -1);
      return;
    }
    flavour = flavour_named((const char *)sqlite3_value_text(values[2]));
    if (!flavour) {
      sqlite3_result_error(context, "The optional third parameter does not match one of: (ARCH, DPKG, RHEL).", -1);
      return;
    }
  }
  const uint8_t *a = sqlite3_value_text(values[0]), *b = sqlite3_value_text(values[1]);
  size_t a_length = (size_t)sqlite3_value_bytes(values[0]), b_length = (size_t)sqlite3_value_bytes(values[1]);
  if (!a || !b) {
    sqlite3_result_error_nomem(context);
    return;
  }
  int result = version_compare(flavour, a, a_length, b, b_length);
  sqlite3_result_int(context, result < 0 ? -1 : result > 0);
}

int version_register(sqlite3 *db) {
  for (size_t i = 0; i < sizeof flavours / sizeof *flavours; i++) {
    int rc = sqlite3_create_collation_v2(db, flavours[i].collation, SQLITE_UTF8, (void *)&flavours[i], collate, NULL);
    if (rc) return rc;
  }
  return sqlite3_create_function_v2(db, "version_compare", -1, SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS, NULL,
                                    version_compare_function, NULL, NULL, NULL);
}
