/* Reading row blocks. Every read is checked against the end of the block: a malformed block is an error of the statement.
 *
 * MessagePack: an array of rows, a row an array with one value for each used column, in column order, and one more value, an
 * integer, when the table has row ids of its own. Values: nil, booleans, integers, floats, str, bin.
 * Thrift binary protocol: list<map<string,string>>, as it came off an extension's socket. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "outpost.h"

SQLITE_EXTENSION_INIT3

#define THRIFT_STRING 11
#define THRIFT_MAP 13

static inline uint16_t big16(const uint8_t *p) { return (uint16_t)(p[0] << 8 | p[1]); }
static inline uint32_t big32(const uint8_t *p) {
  uint32_t value;
  memcpy(&value, p, sizeof value);
  return __builtin_bswap32(value);
}
static inline uint64_t big64(const uint8_t *p) {
  uint64_t value;
  memcpy(&value, p, sizeof value);
  return __builtin_bswap64(value);
}

typedef struct Reader {
  const uint8_t *at, *end;
} Reader;

static inline size_t left(const Reader *reader) { return (size_t)(reader->end - reader->at); }

/* ---- MessagePack ---- */

static bool read_array_header(Reader *reader, uint32_t *count) {
  if (!left(reader)) return false;
  uint8_t tag = *reader->at++;
  if ((tag & 0xf0) == 0x90) {
    *count = tag & 0x0f;
  } else if (tag == 0xdc && left(reader) >= 2) {
    *count = big16(reader->at);
    reader->at += 2;
  } else if (tag == 0xdd && left(reader) >= 4) {
    *count = big32(reader->at);
    reader->at += 4;
  } else {
    return false;
  }
  return true;
}

static inline bool read_bytes(Reader *reader, Cell *cell, enum CellKind kind, uint32_t length) {
  if (left(reader) < length) return false;
  cell->kind = kind;
  cell->length = length;
  cell->data = reader->at;
  reader->at += length;
  return true;
}

/* The length of a value's payload that follows the tags 0xc4 (bin 8) to 0xdb (str 32); 255 where a tag is not a scalar. */
static const uint8_t payload[] = {
    1,   2,   4,   255, 255, 255, 4, 8, 1, 2, 4, 8, 1, 2, 4, 8, 255, 255, 255, 255, 255, 1, 2, 4,
};

static inline void set_integer(Cell *cell, int64_t value) {
  cell->kind = CELL_INTEGER;
  cell->integer = value;
}

static void set_unsigned(Cell *cell, uint64_t value) {
  if (value > INT64_MAX) {
    cell->kind = CELL_NULL;
  } else {
    set_integer(cell, (int64_t)value);
  }
}

static void set_real(Cell *cell, double value) {
  cell->kind = CELL_DOUBLE;
  cell->real = value;
}

static bool read_tagged(Reader *reader, uint8_t tag, Cell *cell) {
  if (tag == 0xc0) {
    cell->kind = CELL_NULL;
    return true;
  }
  if (tag == 0xc2 || tag == 0xc3) {
    set_integer(cell, tag & 1);
    return true;
  }
  if (tag < 0xc4 || tag > 0xdb || payload[tag - 0xc4] > left(reader)) return false;
  const uint8_t *p = reader->at;
  reader->at += payload[tag - 0xc4];
  switch (tag) {
    case 0xc4: return read_bytes(reader, cell, CELL_BLOB, p[0]);
    case 0xc5: return read_bytes(reader, cell, CELL_BLOB, big16(p));
    case 0xc6: return read_bytes(reader, cell, CELL_BLOB, big32(p));
    case 0xd9: return read_bytes(reader, cell, CELL_TEXT, p[0]);
    case 0xda: return read_bytes(reader, cell, CELL_TEXT, big16(p));
    case 0xdb: return read_bytes(reader, cell, CELL_TEXT, big32(p));
    case 0xcc: set_integer(cell, p[0]); return true;
    case 0xcd: set_integer(cell, big16(p)); return true;
    case 0xce: set_integer(cell, big32(p)); return true;
    case 0xcf: set_unsigned(cell, big64(p)); return true;
    case 0xd0: set_integer(cell, (int8_t)p[0]); return true;
    case 0xd1: set_integer(cell, (int16_t)big16(p)); return true;
    case 0xd2: set_integer(cell, (int32_t)big32(p)); return true;
    case 0xd3: set_integer(cell, (int64_t)big64(p)); return true;
    case 0xca: {
      uint32_t bits = big32(p);
      float value;
      memcpy(&value, &bits, sizeof value);
      set_real(cell, value);
      return true;
    }
    case 0xcb: {
      uint64_t bits = big64(p);
      double value;
      memcpy(&value, &bits, sizeof value);
      set_real(cell, value);
      return true;
    }
    default: return false;
  }
}

static inline bool read_value(Reader *reader, Cell *cell) {
  if (!left(reader)) return false;
  uint8_t tag = *reader->at++;
  if ((tag & 0xe0) == 0xa0) return read_bytes(reader, cell, CELL_TEXT, tag & 0x1f);
  if (tag < 0x80 || tag >= 0xe0) {
    set_integer(cell, (int8_t)tag);
    return true;
  }
  return read_tagged(reader, tag, cell);
}

static const char *next_messagepack(Rows *rows, Reader *reader) {
  uint32_t count;
  if (!read_array_header(reader, &count)) return "a row is not an array";
  if (count != rows->used_count && count != rows->used_count + 1) return "a row has a wrong number of values";
  for (uint32_t i = 0; i < rows->used_count; i++) {
    if (!read_value(reader, &rows->cells[rows->used[i]])) return "a value is cut off or of an unknown kind";
  }
  rows->rowid.kind = CELL_NULL;
  if (count > rows->used_count && (!read_value(reader, &rows->rowid) || rows->rowid.kind != CELL_INTEGER)) {
    return "a row id is not an integer";
  }
  return NULL;
}

/* ---- Thrift ---- */

static bool read_string(Reader *reader, Cell *cell) {
  if (left(reader) < 4) return false;
  uint32_t length = big32(reader->at);
  reader->at += 4;
  return length <= INT32_MAX && read_bytes(reader, cell, CELL_RAW, length);
}

static bool is_key(const Column *column, const Cell *key) {
  return column->name_length == key->length && !memcmp(column->name, key->data, key->length);
}

static uint32_t find_key(const Rows *rows, const Cell *key) {
  for (uint32_t i = 0; i < rows->schema->column_count; i++) {
    if (rows->schema->columns[i].target < 0 && is_key(&rows->schema->columns[i], key)) return i;
  }
  return key->length == 5 && !memcmp(key->data, "rowid", 5) ? KEY_ROWID : KEY_EXTRA;
}

/* Which column a key means. An extension nearly always gives its keys in one order, so the column that was found at this
 * position in the row before is tried first. */
static uint32_t column_of_key(Rows *rows, uint32_t position, const Cell *key) {
  if (position >= rows->key_order_capacity) return find_key(rows, key);
  if (position < rows->key_order_count) {
    uint32_t guess = rows->key_order[position];
    if (guess < rows->schema->column_count && is_key(&rows->schema->columns[guess], key)) return guess;
  }
  uint32_t found = find_key(rows, key);
  if (position <= rows->key_order_count) {
    rows->key_order[position] = found;
    if (position == rows->key_order_count) rows->key_order_count++;
  }
  return found;
}

static const char *next_thrift(Rows *rows, Reader *reader) {
  if (left(reader) < 6) return "a row is cut off";
  uint8_t key_type = reader->at[0], value_type = reader->at[1];
  uint32_t count = big32(reader->at + 2);
  reader->at += 6;
  if (count && (key_type != THRIFT_STRING || value_type != THRIFT_STRING)) return "a row is not a map of strings to strings";
  if (count > left(reader) / 8) return "a row is cut off";
  for (uint32_t i = 0; i < rows->schema->column_count; i++) rows->cells[i].kind = CELL_NULL;
  rows->rowid.kind = CELL_NULL;
  for (uint32_t i = 0; i < count; i++) {
    Cell key, value;
    if (!read_string(reader, &key) || !read_string(reader, &value)) return "a string is cut off";
    uint32_t column = column_of_key(rows, i, &key);
    if (column < rows->schema->column_count) {
      rows->cells[column] = value;
    } else if (column == KEY_ROWID) {
      rows->rowid = value;
    }
  }
  return NULL;
}

/* ---- both ---- */

static const char *load(Rows *rows, Reader *reader, uint32_t *count) {
  if (rows->block.encoding == ENCODING_MESSAGEPACK) {
    return read_array_header(reader, count) ? NULL : "the block is not an array";
  }
  if (left(reader) < 5) return "the list is cut off";
  uint8_t type = reader->at[0];
  *count = big32(reader->at + 1);
  reader->at += 5;
  return *count && type != THRIFT_MAP ? "the list does not hold maps" : NULL;
}

const char *rows_load(Rows *rows) {
  Block *block = &rows->block;
  Reader reader = {block->data, block->data + block->length};
  uint32_t count = 0;
  const char *fault = load(rows, &reader, &count);
  if (fault) return fault;
  if (count > left(&reader)) return "the block has fewer rows than it says";
  block->offset = (size_t)(reader.at - block->data);
  block->rows_left = count;
  return NULL;
}

const char *rows_next(Rows *rows) {
  Block *block = &rows->block;
  Reader reader = {block->data + block->offset, block->data + block->length};
  const char *fault =
      block->encoding == ENCODING_MESSAGEPACK ? next_messagepack(rows, &reader) : next_thrift(rows, &reader);
  if (fault) return fault;
  block->offset = (size_t)(reader.at - block->data);
  block->rows_left--;
  return NULL;
}

/* ---- conversion of Thrift strings by column type ---- */

static bool is_blank(uint8_t byte) { return byte == ' ' || (byte >= '\t' && byte <= '\r'); }

static int digit_value(uint8_t byte) {
  if (byte >= '0' && byte <= '9') return byte - '0';
  if (byte >= 'a' && byte <= 'z') return byte - 'a' + 10;
  if (byte >= 'A' && byte <= 'Z') return byte - 'A' + 10;
  return 99;
}

/* strtoll with base 0, on bytes that have an end instead of a NUL. */
static bool parse_integer(const uint8_t *p, size_t length, int64_t *out) {
  const uint8_t *end = p + length;
  while (p < end && is_blank(*p)) p++;
  bool negative = p < end && *p == '-';
  if (p < end && (*p == '-' || *p == '+')) p++;
  int base = 10;
  if (p < end && *p == '0') {
    bool hexadecimal = end - p > 2 && (p[1] | 0x20) == 'x' && digit_value(p[2]) < 16;
    base = hexadecimal ? 16 : 8;
    if (hexadecimal) p += 2;
  }
  const uint8_t *first = p;
  uint64_t value = 0, limit = negative ? (uint64_t)INT64_MAX + 1 : INT64_MAX;
  for (; p < end && digit_value(*p) < base; p++) {
    uint64_t digit = (uint64_t)digit_value(*p);
    if (value > (limit - digit) / (uint64_t)base) return false;
    value = value * (uint64_t)base + digit;
  }
  *out = negative ? (int64_t)(0 - value) : (int64_t)value;
  return p > first;
}

/* strtod over the whole string as C sees it, up to a NUL; what follows the number makes it NULL. */
static bool parse_double(const uint8_t *data, size_t length, double *out) {
  char small[64], *text = length < sizeof small ? small : malloc(length + 1);
  if (!text) return false;
  memcpy(text, data, length);
  text[length] = 0;
  char *stop;
  *out = strtod(text, &stop);
  bool whole = stop > text && !*stop;
  if (text != small) free(text);
  return whole;
}

static void result_raw(const Cell *cell, enum ColumnType type, sqlite3_context *context) {
  int64_t integer;
  double real;
  switch (type) {
    case TYPE_TEXT:
    case TYPE_BLOB:
      sqlite3_result_text64(context, (const char *)cell->data, cell->length, SQLITE_TRANSIENT, SQLITE_UTF8);
      return;
    case TYPE_INTEGER:
      if (parse_integer(cell->data, cell->length, &integer)) sqlite3_result_int(context, (int32_t)(uint32_t)integer);
      return;
    case TYPE_BIGINT:
    case TYPE_UNSIGNED_BIGINT:
      if (parse_integer(cell->data, cell->length, &integer)) sqlite3_result_int64(context, integer);
      return;
    case TYPE_DOUBLE:
      if (parse_double(cell->data, cell->length, &real)) sqlite3_result_double(context, real);
      return;
    case TYPE_UNKNOWN: return;
  }
}

void rows_result(const Rows *rows, sqlite3_context *context, uint32_t column) {
  const Column *definition = &rows->schema->columns[column];
  bool thrift = rows->block.encoding == ENCODING_THRIFT;
  if (thrift && definition->target >= 0) {
    column = (uint32_t)definition->target;
    definition = &rows->schema->columns[column];
  }
  const Cell *cell = &rows->cells[column];
  switch (cell->kind) {
    case CELL_NULL:
      if (thrift && (definition->type == TYPE_TEXT || definition->type == TYPE_BLOB)) {
        sqlite3_result_text(context, "", 0, SQLITE_STATIC);
      }
      return;
    case CELL_INTEGER: sqlite3_result_int64(context, cell->integer); return;
    case CELL_DOUBLE: sqlite3_result_double(context, cell->real); return;
    case CELL_TEXT:
      sqlite3_result_text(context, (const char *)cell->data, (int)cell->length, SQLITE_TRANSIENT);
      return;
    case CELL_BLOB: sqlite3_result_blob(context, cell->data, (int)cell->length, SQLITE_TRANSIENT); return;
    case CELL_RAW: result_raw(cell, definition->type, context); return;
  }
}

/* The row id that the row itself carries: of a Thrift row the decimal digits at the start of its `rowid`. */
bool rows_rowid(const Rows *rows, int64_t *out) {
  if (rows->rowid.kind == CELL_INTEGER) {
    *out = rows->rowid.integer;
    return true;
  }
  const uint8_t *p = rows->rowid.data, *end = p + rows->rowid.length;
  bool negative = p < end && *p == '-';
  if (negative) p++;
  const uint8_t *first = p;
  uint64_t value = 0;
  for (; p < end && *p >= '0' && *p <= '9'; p++) {
    if (value > ((uint64_t)INT64_MAX - (uint64_t)(*p - '0')) / 10) return false;
    value = value * 10 + (uint64_t)(*p - '0');
  }
  *out = negative ? -(int64_t)value : (int64_t)value;
  return p > first;
}
