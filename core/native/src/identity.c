/* Row identities. SQLite compares row ids where it visits one table in several scans (a = 1 OR b = 2 on two columns, RIGHT and
 * FULL JOIN): the same row must have the same id in each, and two rows must not share one. A generator knows no ids, and the
 * index of a row differs from scan to scan. So a row is known by its used columns and, among equal rows, by its occurrence
 * within the scan. Its id is its index in the first scan, and a fresh number when it first appears in a later one. Costs
 * nothing until SQLite asks for a row id. */
#include <stdlib.h>
#include <string.h>

#include "outpost.h"

#define FRESH_BASE ((int64_t)1 << 32)

static uint64_t mix(uint64_t hash) {
  hash ^= hash >> 33;
  hash *= 0xff51afd7ed558ccdULL;
  hash ^= hash >> 33;
  hash *= 0xc4ceb9fe1a85ec53ULL;
  return hash ^ hash >> 33;
}

static uint64_t hash_bytes(uint64_t hash, const uint8_t *data, size_t length) {
  while (length >= 8) {
    uint64_t word;
    memcpy(&word, data, 8);
    hash = mix(hash ^ word);
    data += 8;
    length -= 8;
  }
  uint64_t word = 0;
  if (length) memcpy(&word, data, length);
  return mix(hash ^ word);
}

static uint64_t hash_cell(uint64_t hash, const Cell *cell) {
  hash = mix(hash + (uint64_t)cell->kind + 1);
  switch (cell->kind) {
    case CELL_NULL: return hash;
    case CELL_INTEGER:
    case CELL_DOUBLE: return mix(hash ^ (uint64_t)cell->integer);
    default: return hash_bytes(mix(hash ^ cell->length), cell->data, cell->length);
  }
}

static uint64_t hash_row(const Rows *rows) {
  uint64_t hash = 0x9e3779b97f4a7c15ULL;
  for (uint32_t i = 0; i < rows->used_count; i++) {
    if (!(rows->wanted >> (rows->used[i] < 63 ? rows->used[i] : 63) & 1)) continue;
    const Column *column = &rows->schema->columns[rows->used[i]];
    uint32_t cell = rows->block.encoding == ENCODING_THRIFT && column->target >= 0 ? (uint32_t)column->target : rows->used[i];
    hash = hash_cell(hash, &rows->cells[cell]);
  }
  return hash;
}

static bool grow(IdentityMap *map) {
  size_t capacity = map->capacity ? map->capacity * 2 : 64;
  IdentitySlot *slots = calloc(capacity, sizeof *slots);
  if (!slots) return false;
  for (size_t i = 0; i < map->capacity; i++) {
    if (!map->slots[i].taken) continue;
    size_t at = map->slots[i].key & (capacity - 1);
    while (slots[at].taken) at = (at + 1) & (capacity - 1);
    slots[at] = map->slots[i];
  }
  free(map->slots);
  map->slots = slots;
  map->capacity = capacity;
  return true;
}

/* The slot of a key, taken now if it was not (then *fresh); NULL without memory. */
static IdentitySlot *slot_of(IdentityMap *map, uint64_t key, bool *fresh) {
  if (map->count * 2 >= map->capacity && !grow(map)) return NULL;
  size_t at = key & (map->capacity - 1);
  while (map->slots[at].taken && map->slots[at].key != key) at = (at + 1) & (map->capacity - 1);
  IdentitySlot *slot = &map->slots[at];
  *fresh = !slot->taken;
  if (*fresh) {
    slot->taken = true;
    slot->key = key;
    map->count++;
  }
  return slot;
}

bool identity_of(Identity *identity, const Rows *rows, uint32_t scan, int64_t index, int64_t *out) {
  uint64_t hash = hash_row(rows);
  bool fresh;
  IdentitySlot *occurrence = slot_of(&identity->occurrences, hash, &fresh);
  if (!occurrence) return false;
  if (fresh || occurrence->scan != scan) {
    occurrence->scan = scan;
    occurrence->value = 0;
  }
  IdentitySlot *id = slot_of(&identity->ids, mix(hash + (uint64_t)occurrence->value++ * 0x9e3779b97f4a7c15ULL), &fresh);
  if (!id) return false;
  if (fresh) id->value = scan == 1 ? index : FRESH_BASE + identity->fresh++;
  *out = id->value;
  return true;
}

void identity_free(Identity *identity) {
  free(identity->occurrences.slots);
  free(identity->ids.slots);
  *identity = (Identity){0};
}
