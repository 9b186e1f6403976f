/* A connection that stays open, for calls of version 2: answers are found by their sequence ids, and one that comes before it is
 * asked for is kept. A session belongs to one thread. */
#include <stdlib.h>
#include <string.h>

#include "outpost.h"

#define AWAITED_LIMIT 64

/* A call that was sent and whose answer was not taken. */
typedef struct Awaited {
  int32_t id; /* 0: the place is free */
  bool answered;
  Bytes reply;
} Awaited;

struct Session {
  Line line;
  size_t maximum_bytes;
  Bytes received; /* the beginning of the next message */
  Awaited awaited[AWAITED_LIMIT];
};

Session *session_new(size_t maximum_bytes) {
  Session *session = calloc(1, sizeof *session);
  if (session) *session = (Session){.line = {.fd = -1}, .maximum_bytes = maximum_bytes};
  return session;
}

Line *session_line(Session *session) {
  return &session->line;
}

static Awaited *awaited_of(Session *session, int32_t id) {
  for (size_t i = 0; i < AWAITED_LIMIT; i++) {
    if (session->awaited[i].id == id) return &session->awaited[i];
  }
  return NULL;
}

static void forget(Awaited *awaited) {
  bytes_free(&awaited->reply);
  *awaited = (Awaited){0};
}

void session_close(Session *session) {
  line_close(&session->line);
  bytes_free(&session->received);
  session->received = (Bytes){0};
  for (size_t i = 0; i < AWAITED_LIMIT; i++) forget(&session->awaited[i]);
}

enum ExchangeCode session_send(Session *session, int32_t id, const uint8_t *message, size_t length) {
  Line *line = &session->line;
  Awaited *place = NULL;
  if (line->fd < 0) return line_fault(line, EXCHANGE_CLOSED, "No more data to read.", 0);
  if (id) {
    place = awaited_of(session, 0);
    if (!place || awaited_of(session, id)) return line_fault(line, EXCHANGE_BUSY, "Too many calls are unanswered, or one has this id", 0);
  }
  enum ExchangeCode code = line_send(line, message, length);
  if (code) session_close(session); /* what was sent of it cannot be taken back */
  else if (id) place->id = id;
  return code;
}

/* Takes the first message from what was received; the rest begins the next one. */
static bool take(Session *session, size_t length, Bytes *message) {
  Bytes *received = &session->received;
  if (length == received->length) { /* as a rule: nothing has to be copied */
    *message = *received;
    *received = (Bytes){0};
    return true;
  }
  bytes_append(message, received->data, length);
  if (message->failed) return false;
  received->length -= length;
  memmove(received->data, received->data + length, received->length);
  return true;
}

/* Reads the next answer to its place; one that nobody waits for any more is passed over. */
static enum ExchangeCode receive_one(Session *session) {
  Line *line = &session->line;
  MessageScan scan = {.limit = session->maximum_bytes};
  Bytes message = {0};
  enum ExchangeCode code = line_receive_message(line, &session->received, &scan);
  if (code) return code;
  if (!take(session, scan.offset, &message)) {
    bytes_free(&message);
    return line_fault(line, EXCHANGE_MEMORY, "No memory for the answer", 0);
  }
  Awaited *awaited = scan.id ? awaited_of(session, scan.id) : NULL;
  if (!awaited || awaited->answered) {
    bytes_free(&message);
    return EXCHANGE_OK;
  }
  awaited->reply = message;
  awaited->answered = true;
  return EXCHANGE_OK;
}

enum ExchangeCode session_receive(Session *session, int32_t id, Bytes *reply) {
  Line *line = &session->line;
  Awaited *awaited = id ? awaited_of(session, id) : NULL;
  if (line->fd < 0) return line_fault(line, EXCHANGE_CLOSED, "No more data to read.", 0);
  if (!awaited) return line_fault(line, EXCHANGE_BUSY, "No call with this id is unanswered", 0);
  while (!awaited->answered) {
    enum ExchangeCode code = receive_one(session);
    if (code == EXCHANGE_DEADLINE || code == EXCHANGE_CANCELLED) {
      forget(awaited); /* a later answer is passed over */
      return code;
    }
    if (code) {
      session_close(session);
      return code;
    }
  }
  *reply = awaited->reply;
  *awaited = (Awaited){0};
  return EXCHANGE_OK;
}

void session_forget(Session *session, int32_t id) {
  Awaited *awaited = id ? awaited_of(session, id) : NULL;
  if (awaited) forget(awaited);
}
