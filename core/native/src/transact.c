/* A blocking exchange with an extension: connect, write the request, read exactly one message of the Thrift binary protocol.
 * The socket is non-blocking; each wait ends at the deadline, and looks at the cancel flag at least every 50 ms. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "outpost.h"

#define SLICE_MS 50
#define DEPTH_LIMIT 64
#define READ_SIZE 65536

/* ---- where a message ends ----
 * Walks over the bytes as they come in; never goes back, never allocates. */

enum { THRIFT_STOP, THRIFT_VOID, THRIFT_BOOL, THRIFT_BYTE, THRIFT_DOUBLE };
enum { THRIFT_I16 = 6, THRIFT_I32 = 8, THRIFT_I64 = 10, THRIFT_STRING, THRIFT_STRUCT, THRIFT_MAP, THRIFT_SET, THRIFT_LIST };

typedef struct Frame {
  uint8_t kind, key, value; /* a struct, or elements of one or two alternating types */
  bool at_value;
  uint64_t left;
} Frame;

typedef struct Skipper {
  size_t offset; /* everything before is understood */
  size_t limit;
  Frame stack[DEPTH_LIMIT];
  uint32_t depth;
  bool begun, done;
} Skipper;

enum Skip { SKIP_MORE, SKIP_STEP, SKIP_FAULT };

static uint32_t big32(const uint8_t *p) {
  return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | (uint32_t)p[3];
}

static bool enter(Skipper *skipper, Frame frame) {
  if (skipper->depth == DEPTH_LIMIT) return false;
  skipper->stack[skipper->depth++] = frame;
  return true;
}

static enum Skip skip_begin(Skipper *skipper, const uint8_t *data, size_t length) {
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
  skipper->offset = whole;
  skipper->begun = true;
  return enter(skipper, (Frame){.kind = THRIFT_STRUCT}) ? SKIP_STEP : SKIP_FAULT;
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
static enum Skip skip_value(Skipper *skipper, uint8_t type, size_t header, const uint8_t *data, size_t length) {
  const uint8_t *p = data + skipper->offset + header;
  size_t fixed = fixed_size(type), left = length - skipper->offset - header;
  if (fixed) {
    if (left < fixed) return SKIP_MORE;
    skipper->offset += header + fixed;
    return SKIP_STEP;
  }
  if (type < THRIFT_STRING || type > THRIFT_LIST) return SKIP_FAULT;
  size_t need = type == THRIFT_STRUCT ? 0 : type == THRIFT_STRING ? 4 : type == THRIFT_MAP ? 6 : 5;
  if (left < need) return SKIP_MORE;
  Frame frame = {.kind = type};
  if (type == THRIFT_STRING) {
    uint32_t size = big32(p);
    if (size > INT32_MAX || size > skipper->limit) return SKIP_FAULT;
    if (left - 4 < size) return SKIP_MORE;
    skipper->offset += header + 4 + size;
    return SKIP_STEP;
  }
  if (type == THRIFT_MAP) {
    frame = (Frame){.kind = type, .key = p[0], .value = p[1], .left = (uint64_t)big32(p + 2) * 2};
  } else if (type != THRIFT_STRUCT) {
    frame = (Frame){.kind = type, .key = p[0], .value = p[0], .left = big32(p + 1)};
  }
  if (frame.left > skipper->limit) return SKIP_FAULT; /* an element takes a byte at least */
  skipper->offset += header + need;
  return enter(skipper, frame) ? SKIP_STEP : SKIP_FAULT;
}

static enum Skip skip_step(Skipper *skipper, const uint8_t *data, size_t length) {
  Frame *frame = &skipper->stack[skipper->depth - 1];
  if (frame->kind == THRIFT_STRUCT) {
    if (length - skipper->offset < 1) return SKIP_MORE;
    uint8_t type = data[skipper->offset];
    if (type == THRIFT_STOP) {
      skipper->offset++;
      skipper->done = --skipper->depth == 0;
      return SKIP_STEP;
    }
    if (length - skipper->offset < 3) return SKIP_MORE;
    return skip_value(skipper, type, 3, data, length);
  }
  if (!frame->left) {
    skipper->depth--;
    return SKIP_STEP;
  }
  uint8_t type = frame->at_value ? frame->value : frame->key;
  enum Skip result = skip_value(skipper, type, 0, data, length);
  if (result == SKIP_STEP) {
    frame->left--;
    frame->at_value = !frame->at_value;
  }
  return result;
}

/* False when the bytes are no message. */
static bool skip(Skipper *skipper, const uint8_t *data, size_t length) {
  enum Skip result = skipper->begun ? SKIP_STEP : skip_begin(skipper, data, length);
  while (result == SKIP_STEP && !skipper->done) result = skip_step(skipper, data, length);
  return result != SKIP_FAULT;
}

/* ---- the exchange ---- */

typedef struct Session {
  Exchange *exchange;
  int fd;
  int64_t end_ms;
} Session;

static int64_t now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static enum ExchangeCode fault(Exchange *exchange, enum ExchangeCode code, const char *what, int number) {
  if (number) snprintf(exchange->message, sizeof exchange->message, "%s: %s", what, strerror(number));
  else snprintf(exchange->message, sizeof exchange->message, "%s", what);
  return code;
}

/* Waits for the socket, or with no events just a moment. EXCHANGE_OK: try again. */
static enum ExchangeCode wait_for(const Session *session, short events) {
  Exchange *exchange = session->exchange;
  for (;;) {
    if (exchange->cancel && atomic_load(exchange->cancel)) return fault(exchange, EXCHANGE_CANCELLED, "The call was cancelled", 0);
    int64_t left = session->end_ms - now_ms();
    if (left <= 0) return fault(exchange, EXCHANGE_DEADLINE, "The extension did not answer in time", 0);
    struct pollfd poll_fd = {.fd = events ? session->fd : -1, .events = events};
    int slice = events ? SLICE_MS : 2;
    int ready = poll(&poll_fd, 1, left < slice ? (int)left : slice);
    if (ready > 0 || (ready == 0 && !events)) return EXCHANGE_OK;
    if (ready < 0 && errno != EINTR) return fault(exchange, EXCHANGE_CLOSED, "Waiting for the extension failed", errno);
  }
}

static enum ExchangeCode connect_to(Session *session) {
  Exchange *exchange = session->exchange;
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  size_t length = strlen(exchange->path);
  if (length >= sizeof address.sun_path) return fault(exchange, EXCHANGE_CONNECT, "The socket path is too long", 0);
  memcpy(address.sun_path, exchange->path, length + 1);
  session->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (session->fd < 0) return fault(exchange, EXCHANGE_CONNECT, "Cannot make a socket", errno);
  for (;;) {
    if (!connect(session->fd, (struct sockaddr *)&address, sizeof address)) return EXCHANGE_OK;
    /* A full queue of a Unix socket says EAGAIN and offers nothing to wait for. */
    if (errno != EAGAIN && errno != EINTR) return fault(exchange, EXCHANGE_CONNECT, "Cannot connect", errno);
    enum ExchangeCode code = wait_for(session, 0);
    if (code) return code;
  }
}

bool peer_credentials(int fd, int64_t *pid, int64_t *uid, int64_t *gid) {
  struct ucred peer;
  socklen_t length = sizeof peer;
  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) || length != sizeof peer) return false;
  *pid = peer.pid;
  *uid = peer.uid;
  *gid = peer.gid;
  return true;
}

#ifndef SO_PEERGROUPS
#define SO_PEERGROUPS 59
#endif

bool peer_groups(int fd, gid_t **groups, size_t *count) {
  socklen_t length = 0;
  *groups = NULL;
  *count = 0;
  if (!getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, NULL, &length)) return true; /* none */
  if (errno != ERANGE) return false;
  gid_t *list = malloc(length);
  if (!list) return false;
  if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, list, &length)) {
    free(list);
    return false;
  }
  *groups = list;
  *count = length / sizeof *list;
  return true;
}

static enum ExchangeCode check_peer(const Session *session) {
  Exchange *exchange = session->exchange;
  int64_t pid, uid, gid;
  if (!exchange->peer_uids) return EXCHANGE_OK;
  if (!peer_credentials(session->fd, &pid, &uid, &gid)) return fault(exchange, EXCHANGE_PEER, "Cannot read who the peer is", errno);
  for (uint32_t i = 0; i < exchange->peer_uid_count; i++) {
    if (exchange->peer_uids[i] == uid) return EXCHANGE_OK;
  }
  char what[96];
  snprintf(what, sizeof what, "The socket belongs to user %lld, who may not serve an extension", (long long)uid);
  return fault(exchange, EXCHANGE_PEER, what, 0);
}

static enum ExchangeCode send_request(const Session *session) {
  Exchange *exchange = session->exchange;
  size_t sent = 0;
  while (sent < exchange->request_length) {
    ssize_t count = send(session->fd, exchange->request + sent, exchange->request_length - sent, MSG_NOSIGNAL);
    if (count >= 0) {
      sent += (size_t)count;
    } else if (errno == EAGAIN) {
      enum ExchangeCode code = wait_for(session, POLLOUT);
      if (code) return code;
    } else if (errno != EINTR) {
      return fault(exchange, EXCHANGE_CLOSED, "Writing to the extension failed", errno);
    }
  }
  return EXCHANGE_OK;
}

static enum ExchangeCode receive_reply(const Session *session) {
  Exchange *exchange = session->exchange;
  Bytes *reply = &exchange->reply;
  Skipper skipper = {.limit = exchange->maximum_bytes};
  while (!skipper.done) {
    if (reply->length > exchange->maximum_bytes) return fault(exchange, EXCHANGE_MALFORMED, "The answer is too large", 0);
    if (!bytes_reserve(reply, READ_SIZE)) return fault(exchange, EXCHANGE_MEMORY, "No memory for the answer", 0);
    ssize_t count = recv(session->fd, reply->data + reply->length, reply->capacity - reply->length, 0);
    if (count > 0) {
      reply->length += (size_t)count;
      if (!skip(&skipper, reply->data, reply->length)) return fault(exchange, EXCHANGE_MALFORMED, "The answer is malformed", 0);
    } else if (count == 0) {
      return fault(exchange, EXCHANGE_CLOSED, "No more data to read.", 0);
    } else if (errno == EAGAIN) {
      enum ExchangeCode code = wait_for(session, POLLIN);
      if (code) return code;
    } else if (errno != EINTR) {
      return fault(exchange, EXCHANGE_CLOSED, "Reading from the extension failed", errno);
    }
  }
  reply->length = skipper.offset;
  return EXCHANGE_OK;
}

enum ExchangeCode exchange_run(Exchange *exchange) {
  Session session = {.exchange = exchange, .fd = -1, .end_ms = now_ms() + exchange->deadline_ms};
  enum ExchangeCode code = connect_to(&session);
  if (!code) code = check_peer(&session);
  if (!code) code = send_request(&session);
  if (!code) code = receive_reply(&session);
  if (session.fd >= 0) close(session.fd);
  return code;
}
