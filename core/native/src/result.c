/* Writing result blocks: rows of a statement as canonical MessagePack (always the shortest form, so that equal rows have equal
 * bytes) or as Thrift map<string,string>, the form in which the extension manager answers `query`. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "outpost.h"

SQLITE_EXTENSION_INIT3

static bool bytes_grow(Bytes *bytes, size_t extra) {
  size_t capacity = bytes->capacity ? bytes->capacity : 4096;
  while (capacity - bytes->length < extra) {
    if (capacity > SIZE_MAX / 2) return !(bytes->failed = true);
    capacity *= 2;
  }
  uint8_t *data = realloc(bytes->data, capacity);
  if (!data) return !(bytes->failed = true);
  bytes->data = data;
  bytes->capacity = capacity;
  return true;
}

bool bytes_reserve(Bytes *bytes, size_t extra) {
  if (bytes->failed) return false;
  return bytes->capacity - bytes->length >= extra || bytes_grow(bytes, extra);
}

void bytes_append(Bytes *bytes, const void *data, size_t length) {
  if (!bytes_reserve(bytes, length)) return;
  if (length) memcpy(bytes->data + bytes->length, data, length);
  bytes->length += length;
}

void bytes_free(Bytes *bytes) {
  free(bytes->data);
  *bytes = (Bytes){0};
}

/* Writes a tag and a big-endian number of `width` bytes. The caller has reserved the room. */
static void put(Bytes *bytes, uint8_t tag, uint64_t value, int width) {
  uint8_t *p = bytes->data + bytes->length;
  *p++ = tag;
  for (int shift = (width - 1) * 8; shift >= 0; shift -= 8) *p++ = (uint8_t)(value >> shift);
  bytes->length += (size_t)width + 1;
}

static void put_integer(Bytes *bytes, int64_t value) {
  if (!bytes_reserve(bytes, 9)) return;
  uint64_t bits = (uint64_t)value;
  if (value >= -32 && value <= 127) {
    bytes->data[bytes->length++] = (uint8_t)value;
  } else if (value > 0) {
    if (value <= UINT8_MAX) put(bytes, 0xcc, bits, 1);
    else if (value <= UINT16_MAX) put(bytes, 0xcd, bits, 2);
    else if (value <= UINT32_MAX) put(bytes, 0xce, bits, 4);
    else put(bytes, 0xcf, bits, 8);
  } else {
    if (value >= INT8_MIN) put(bytes, 0xd0, bits, 1);
    else if (value >= INT16_MIN) put(bytes, 0xd1, bits, 2);
    else if (value >= INT32_MIN) put(bytes, 0xd2, bits, 4);
    else put(bytes, 0xd3, bits, 8);
  }
}

static void put_real(Bytes *bytes, double value) {
  uint64_t bits;
  memcpy(&bits, &value, sizeof bits);
  if (bytes_reserve(bytes, 9)) put(bytes, 0xcb, bits, 8);
}

static void put_text(Bytes *bytes, const void *data, size_t length) {
  if (!bytes_reserve(bytes, length + 5)) return;
  if (length < 32) bytes->data[bytes->length++] = (uint8_t)(0xa0 | length);
  else if (length <= UINT8_MAX) put(bytes, 0xd9, length, 1);
  else if (length <= UINT16_MAX) put(bytes, 0xda, length, 2);
  else put(bytes, 0xdb, length, 4);
  bytes_append(bytes, data, length);
}

static void put_blob(Bytes *bytes, const void *data, size_t length) {
  if (!bytes_reserve(bytes, length + 5)) return;
  if (length <= UINT8_MAX) put(bytes, 0xc4, length, 1);
  else if (length <= UINT16_MAX) put(bytes, 0xc5, length, 2);
  else put(bytes, 0xc6, length, 4);
  bytes_append(bytes, data, length);
}

size_t result_messagepack_header(uint8_t out[5], uint32_t rows) {
  Bytes bytes = {.data = out, .capacity = 5};
  if (rows < 16) out[bytes.length++] = (uint8_t)(0x90 | rows);
  else if (rows <= UINT16_MAX) put(&bytes, 0xdc, rows, 2);
  else put(&bytes, 0xdd, rows, 4);
  return bytes.length;
}

/* The bytes of a text or blob as SQLite holds them: the text is UTF-8 already, and nobody here needs a NUL behind it, for which SQLite
 * would have to make room. */
static void put_stored(Bytes *bytes, sqlite3_value *value, void (*put_value)(Bytes *, const void *, size_t)) {
  const void *data = sqlite3_value_blob(value);
  size_t length = (size_t)sqlite3_value_bytes(value);
  if (length && !data) bytes->failed = true;
  else put_value(bytes, data, length);
}

void result_messagepack_row(Statement *statement) {
  Bytes *output = &statement->output;
  uint8_t header[5];
  bytes_append(output, header, result_messagepack_header(header, statement->column_count));
  for (int i = 0; i < (int)statement->column_count; i++) {
    /* An unprotected value; it may be read, since a connection stays in its thread. One call for it costs less than two for the column. */
    sqlite3_value *value = sqlite3_column_value(statement->handle, i);
    switch (sqlite3_value_type(value)) {
      case SQLITE_INTEGER: put_integer(output, sqlite3_value_int64(value)); break;
      case SQLITE_FLOAT: put_real(output, sqlite3_value_double(value)); break;
      case SQLITE_TEXT: put_stored(output, value, put_text); break;
      case SQLITE_BLOB: put_stored(output, value, put_blob); break;
      default:
        if (bytes_reserve(output, 1)) output->data[output->length++] = 0xc0;
    }
  }
}

/* ---- Thrift ---- */

static void put_string(Bytes *bytes, const void *data, size_t length) {
  uint8_t header[4] = {(uint8_t)(length >> 24), (uint8_t)(length >> 16), (uint8_t)(length >> 8), (uint8_t)length};
  bytes_append(bytes, header, 4);
  bytes_append(bytes, data, length);
}

/* A row has one value a name, the last column of that name, and the names are in the order of their bytes. */
bool statement_sort_columns(Statement *statement) {
  statement->sorted = calloc(statement->column_count ? statement->column_count : 1, sizeof *statement->sorted);
  if (!statement->sorted) return false;
  for (uint32_t i = 0; i < statement->column_count; i++) {
    const char *name = sqlite3_column_name(statement->handle, (int)i);
    if (!name) return false;
    uint32_t at = 0;
    int order = 1;
    while (at < statement->sorted_count) {
      const char *other = sqlite3_column_name(statement->handle, (int)statement->sorted[at]);
      order = other ? strcmp(other, name) : -1;
      if (order >= 0) break;
      at++;
    }
    if (at < statement->sorted_count && order == 0) {
      statement->sorted[at] = i;
      continue;
    }
    memmove(statement->sorted + at + 1, statement->sorted + at, (statement->sorted_count - at) * sizeof(uint32_t));
    statement->sorted[at] = i;
    statement->sorted_count++;
  }
  return true;
}

static void put_value_as_text(Statement *statement, int column, const char *null_text, size_t null_length) {
  sqlite3_stmt *handle = statement->handle;
  char text[40];
  int length;
  switch (sqlite3_column_type(handle, column)) {
    case SQLITE_NULL: put_string(&statement->output, null_text, null_length); return;
    case SQLITE_INTEGER:
      length = snprintf(text, sizeof text, "%lld", (long long)sqlite3_column_int64(handle, column));
      break;
    case SQLITE_FLOAT:
      length = snprintf(text, sizeof text - 2, "%.15g", sqlite3_column_double(handle, column));
      if (!strchr(text, '.')) length += snprintf(text + length, sizeof text - (size_t)length, ".0");
      break;
    default: {
      const char *value = (const char *)sqlite3_column_text(handle, column);
      if (!value) statement->output.failed = true;
      else put_string(&statement->output, value, strlen(value));
      return;
    }
  }
  put_string(&statement->output, text, (size_t)length);
}

void result_thrift_row(Statement *statement, const char *null_text, size_t null_length) {
  uint32_t count = statement->sorted_count;
  uint8_t header[6] = {11, 11, (uint8_t)(count >> 24), (uint8_t)(count >> 16), (uint8_t)(count >> 8), (uint8_t)count};
  bytes_append(&statement->output, header, sizeof header);
  for (uint32_t i = 0; i < count; i++) {
    int column = (int)statement->sorted[i];
    const char *name = sqlite3_column_name(statement->handle, column);
    put_string(&statement->output, name ? name : "", name ? strlen(name) : 0);
    put_value_as_text(statement, column, null_text, null_length);
  }
}
