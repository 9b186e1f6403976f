/* Where a message of the Thrift binary protocol ends: walks over the bytes as they come in, never goes back, never allocates. */
#include "outpost.h"

enum { THRIFT_STOP, THRIFT_VOID, THRIFT_BOOL, THRIFT_BYTE, THRIFT_DOUBLE };
enum { THRIFT_I16 = 6, THRIFT_I32 = 8, THRIFT_I64 = 10, THRIFT_STRING, THRIFT_STRUCT, THRIFT_MAP, THRIFT_SET, THRIFT_LIST };

enum Skip { SKIP_MORE, SKIP_STEP, SKIP_FAULT };

static uint32_t big32(const uint8_t *p) {
  return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | (uint32_t)p[3];
}

static bool enter(MessageScan *scan, MessageFrame frame) {
  if (scan->depth == MESSAGE_DEPTH) return false;
  scan->stack[scan->depth++] = frame;
  return true;
}

static enum Skip skip_begin(MessageScan *scan, const uint8_t *data, size_t length) {
  if (length < 4) return SKIP_MORE;
  uint32_t first = big32(data);
  bool strict = first >> 31;
  if (strict && (first & 0xffff0000) != 0x80010000) return SKIP_FAULT;
  size_t name_at = strict ? 8 : 4;
  if (length < name_at) return SKIP_MORE;
  uint32_t name = strict ? big32(data + 4) : first;
  if (name > 1024) return SKIP_FAULT;
  size_t whole = name_at + name + (strict ? 4 : 5);
  if (length < whole) return SKIP_MORE;
  scan->offset = whole;
  scan->id = (int32_t)big32(data + whole - 4);
  scan->begun = true;
  return enter(scan, (MessageFrame){.kind = THRIFT_STRUCT}) ? SKIP_STEP : SKIP_FAULT;
}

static size_t fixed_size(uint8_t type) {
  switch (type) {
    case THRIFT_BOOL:
    case THRIFT_BYTE: return 1;
    case THRIFT_I16: return 2;
    case THRIFT_I32: return 4;
    case THRIFT_I64:
    case THRIFT_DOUBLE: return 8;
    default: return 0;
  }
}

/* Consumes the header of a value, or all of it. `header` bytes stand before it and are consumed with it. */
static enum Skip skip_value(MessageScan *scan, uint8_t type, size_t header, const uint8_t *data, size_t length) {
  const uint8_t *p = data + scan->offset + header;
  size_t fixed = fixed_size(type), left = length - scan->offset - header;
  if (fixed) {
    if (left < fixed) return SKIP_MORE;
    scan->offset += header + fixed;
    return SKIP_STEP;
  }
  if (type < THRIFT_STRING || type > THRIFT_LIST) return SKIP_FAULT;
  size_t need = type == THRIFT_STRUCT ? 0 : type == THRIFT_STRING ? 4 : type == THRIFT_MAP ? 6 : 5;
  if (left < need) return SKIP_MORE;
  MessageFrame frame = {.kind = type};
  if (type == THRIFT_STRING) {
    uint32_t size = big32(p);
    if (size > INT32_MAX || size > scan->limit) return SKIP_FAULT;
    if (left - 4 < size) return SKIP_MORE;
    scan->offset += header + 4 + size;
    return SKIP_STEP;
  }
  if (type == THRIFT_MAP) {
    frame = (MessageFrame){.kind = type, .key = p[0], .value = p[1], .left = (uint64_t)big32(p + 2) * 2};
  } else if (type != THRIFT_STRUCT) {
    frame = (MessageFrame){.kind = type, .key = p[0], .value = p[0], .left = big32(p + 1)};
  }
  if (frame.left > scan->limit) return SKIP_FAULT; /* an element takes a byte at least */
  scan->offset += header + need;
  return enter(scan, frame) ? SKIP_STEP : SKIP_FAULT;
}

static enum Skip skip_step(MessageScan *scan, const uint8_t *data, size_t length) {
  MessageFrame *frame = &scan->stack[scan->depth - 1];
  if (frame->kind == THRIFT_STRUCT) {
    if (length - scan->offset < 1) return SKIP_MORE;
    uint8_t type = data[scan->offset];
    if (type == THRIFT_STOP) {
      scan->offset++;
      scan->done = --scan->depth == 0;
      return SKIP_STEP;
    }
    if (length - scan->offset < 3) return SKIP_MORE;
    return skip_value(scan, type, 3, data, length);
  }
  if (!frame->left) {
    scan->depth--;
    return SKIP_STEP;
  }
  uint8_t type = frame->at_value ? frame->value : frame->key;
  enum Skip result = skip_value(scan, type, 0, data, length);
  if (result == SKIP_STEP) {
    frame->left--;
    frame->at_value = !frame->at_value;
  }
  return result;
}

bool message_scan(MessageScan *scan, const uint8_t *data, size_t length) {
  enum Skip result = scan->begun ? SKIP_STEP : skip_begin(scan, data, length);
  while (result == SKIP_STEP && !scan->done) result = skip_step(scan, data, length);
  return result != SKIP_FAULT;
}
