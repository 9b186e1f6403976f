/*
 * Reads dpkg's status file and splits it: stanzas at empty lines, fields at line starts, each value trimmed and copied. Prints the
 * microseconds that each of its rounds took, one line a round.
 *
 *   split-status FILE ROUNDS
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Keeps the compiler from leaving the work out. */
static volatile long sum;

static double now_us(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

static char *read_file(const char *path, long *length) {
  FILE *file = fopen(path, "rb");
  if (file == NULL) return NULL;
  fseek(file, 0, SEEK_END);
  long size = ftell(file);
  rewind(file);
  char *content = malloc(size + 1);
  *length = content == NULL ? 0 : (long)fread(content, 1, size, file);
  if (content != NULL) content[*length] = 0;
  fclose(file);
  return content;
}

static void copy_field(const char *line, const char *end) {
  const char *colon = memchr(line, ':', end - line);
  if (colon == NULL || *line == ' ' || *line == '\t') return;
  const char *value = colon + 1;
  while (value < end && *value == ' ') value++;
  char *name = strndup(line, colon - line), *copy = strndup(value, end - value);
  if (name != NULL && copy != NULL) sum += strlen(name) + strlen(copy);
  free(name);
  free(copy);
}

static long split(const char *at, const char *end) {
  long stanzas = 0;
  int inside = 0;
  while (at < end) {
    const char *newline = memchr(at, '\n', end - at);
    const char *stop = newline == NULL ? end : newline;
    if (stop > at) copy_field(at, stop);
    stanzas += stop > at && !inside;
    inside = stop > at;
    at = stop + 1;
  }
  return stanzas;
}

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  for (int round = atoi(argv[2]); round > 0; round--) {
    double began = now_us();
    long length = 0;
    char *content = read_file(argv[1], &length);
    if (content == NULL) return 1;
    sum += split(content, content + length);
    free(content);
    printf("%.1f\n", now_us() - began);
  }
  return 0;
}
