/* A ceiling for what SQLite allocates in a thread.
 *
 * better-sqlite3 compiles SQLite without its memory accounting (SQLITE_DEFAULT_MEMSTATUS=0), so SQLite's own heap limits have no
 * effect, and keeps sqlite3_config to itself. But its library calls malloc, realloc and free of the C library through its procedure
 * linkage table (System V ABI, "Procedure Linkage Table"). Three entries of that table are made to point here, where bytes are
 * counted by thread. An allocation beyond the ceiling fails, which SQLite is made for; since some of its aggregates tell of that only at
 * their end, the statement is interrupted, too. docs/decisions/0011 tells why that is sound, and where there is no ceiling. */
#include <elf.h>
#include <link.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "outpost.h"

SQLITE_EXTENSION_INIT3

static _Thread_local int64_t held;                /* bytes; what was allocated before the table was changed makes it too small */
static _Thread_local MemoryBound bound = {INT64_MAX, NULL, NULL};
static _Thread_local bool refused;

static bool has_room(size_t size) {
  int64_t total;
  if (bound.ceiling == INT64_MAX) return true;
  if (size < INT64_MAX && !__builtin_add_overflow(held, (int64_t)size, &total) && total <= bound.ceiling) return true;
  refused = true;
  if (bound.db) sqlite3_interrupt(bound.db);
  return false;
}

static void count(int64_t bytes) {
  held += bytes;
  if (bound.meter) atomic_store_explicit(bound.meter, held, memory_order_relaxed);
}

static void *counted_malloc(size_t size) {
  if (!has_room(size)) return NULL;
  void *memory = malloc(size);
  if (memory) count((int64_t)malloc_usable_size(memory));
  return memory;
}

static void *counted_realloc(void *memory, size_t size) {
  size_t before = memory ? malloc_usable_size(memory) : 0;
  if (size > before && !has_room(size - before)) return NULL;
  void *moved = realloc(memory, size);
  if (moved || !size) count((moved ? (int64_t)malloc_usable_size(moved) : 0) - (int64_t)before);
  return moved;
}

static void counted_free(void *memory) {
  if (memory) count(-(int64_t)malloc_usable_size(memory));
  free(memory);
}

/* ---- the procedure linkage table ---- */

typedef struct Library {
  uintptr_t address; /* somewhere in it */
  uintptr_t base;
  const ElfW(Dyn) * dynamic;
  uintptr_t sealed, sealed_size; /* what the loader makes read-only once it has bound the library (PT_GNU_RELRO) */
} Library;

static int find_library(struct dl_phdr_info *info, size_t size, void *argument) {
  (void)size;
  Library *library = argument;
  Library found = {.address = library->address, .base = info->dlpi_addr};
  bool holds = false;
  for (int i = 0; i < info->dlpi_phnum; i++) {
    const ElfW(Phdr) *header = &info->dlpi_phdr[i];
    uintptr_t start = info->dlpi_addr + header->p_vaddr;
    if (header->p_type == PT_DYNAMIC) found.dynamic = (const void *)start;
    if (header->p_type == PT_GNU_RELRO) found.sealed = start, found.sealed_size = header->p_memsz;
    if (header->p_type == PT_LOAD && found.address - start < header->p_memsz) holds = true;
  }
  if (!holds) return 0;
  *library = found;
  return 1;
}

/* The value of a dynamic entry that is an address: glibc has added the base already, others have not. */
static const void *dynamic_address(const Library *library, ElfW(Sxword) tag) {
  for (const ElfW(Dyn) *entry = library->dynamic; entry->d_tag != DT_NULL; entry++) {
    if (entry->d_tag != tag) continue;
    uintptr_t address = entry->d_un.d_ptr;
    return (const void *)(address < library->base ? library->base + address : address);
  }
  return NULL;
}

static size_t dynamic_value(const Library *library, ElfW(Sxword) tag) {
  for (const ElfW(Dyn) *entry = library->dynamic; entry->d_tag != DT_NULL; entry++) {
    if (entry->d_tag == tag) return entry->d_un.d_val;
  }
  return 0;
}

/* A library that is linked with "-z now" has its entries in memory that is read-only by now, and keeps them. */
static bool is_writable(const Library *library, const void *slot) {
  return (uintptr_t)slot - library->sealed >= library->sealed_size;
}

/* Other threads call through the entries meanwhile, and the loader may be binding one lazily: each is written at once, and whoever reads it
 * finds the one function or the other. */
static void redirect(const Library *library) {
  static const struct {
    const char *name;
    void *function;
  } functions[] = {{"malloc", counted_malloc}, {"realloc", counted_realloc}, {"free", counted_free}};
  const ElfW(Sym) *symbols = dynamic_address(library, DT_SYMTAB);
  const char *names = dynamic_address(library, DT_STRTAB);
  const ElfW(Rela) *entries = dynamic_address(library, DT_JMPREL);
  size_t count = dynamic_value(library, DT_PLTRELSZ) / sizeof *entries;
  if (!symbols || !names || !entries || dynamic_value(library, DT_PLTREL) != DT_RELA) return;
  for (size_t i = 0; i < count; i++) {
    const char *name = names + symbols[ELF64_R_SYM(entries[i].r_info)].st_name;
    for (size_t j = 0; j < sizeof functions / sizeof *functions; j++) {
      void **slot = (void **)(library->base + entries[i].r_offset);
      if (strcmp(name, functions[j].name) || !is_writable(library, slot)) continue;
      __atomic_store_n(slot, functions[j].function, __ATOMIC_RELEASE);
    }
  }
}

/* For each connection, since Node unloads the library when the last thread that used it ends, and loads it anew. This module
 * stays, being linked with "-z nodelete". */
void memory_install(void) {
  Library library = {.address = (uintptr_t)sqlite3_api->malloc64};
  if (dl_iterate_phdr(find_library, &library) && library.dynamic) redirect(&library);
}

/* ---- runs ---- */

int64_t memory_held(void) { return held; }

MemoryBound memory_bound(MemoryBound next) {
  MemoryBound before = bound;
  bound = next;
  return before;
}

bool memory_take_refusal(void) {
  bool was = refused;
  refused = false;
  return was;
}
