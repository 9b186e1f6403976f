/* A connection to an extension, for a thread that may wait. The socket is non-blocking; each wait ends at the deadline, and looks at the
 * cancel flag at least every 50 ms. */
#include <errno.h>
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
#define READ_SIZE 65536

static int64_t now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void line_until(Line *line, int64_t deadline_ms, const atomic_int *cancel) {
  line->end_ms = now_ms() + deadline_ms;
  line->cancel = cancel;
}

enum ExchangeCode line_fault(Line *line, enum ExchangeCode code, const char *what, int number) {
  if (number) snprintf(line->message, sizeof line->message, "%s: %s", what, strerror(number));
  else snprintf(line->message, sizeof line->message, "%s", what);
  return code;
}

/* Waits for the socket, or with no events just a moment. EXCHANGE_OK: try again. */
static enum ExchangeCode wait_for(Line *line, short events) {
  for (;;) {
    if (line->cancel && atomic_load(line->cancel)) return line_fault(line, EXCHANGE_CANCELLED, "The call was cancelled", 0);
    int64_t left = line->end_ms - now_ms();
    if (left <= 0) return line_fault(line, EXCHANGE_DEADLINE, "The extension did not answer in time", 0);
    struct pollfd poll_fd = {.fd = events ? line->fd : -1, .events = events};
    int slice = events ? SLICE_MS : 2;
    int ready = poll(&poll_fd, 1, left < slice ? (int)left : slice);
    if (ready > 0 || (ready == 0 && !events)) return EXCHANGE_OK;
    if (ready < 0 && errno != EINTR) return line_fault(line, EXCHANGE_CLOSED, "Waiting for the extension failed", errno);
  }
}

static enum ExchangeCode connect_to(Line *line, const char *path) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  size_t length = strlen(path);
  if (length >= sizeof address.sun_path) return line_fault(line, EXCHANGE_CONNECT, "The socket path is too long", 0);
  memcpy(address.sun_path, path, length + 1);
  line->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (line->fd < 0) return line_fault(line, EXCHANGE_CONNECT, "Cannot make a socket", errno);
  for (;;) {
    if (!connect(line->fd, (struct sockaddr *)&address, sizeof address)) return EXCHANGE_OK;
    /* A full queue of a Unix socket says EAGAIN and offers nothing to wait for. */
    if (errno != EAGAIN && errno != EINTR) return line_fault(line, EXCHANGE_CONNECT, "Cannot connect", errno);
    enum ExchangeCode code = wait_for(line, 0);
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

static enum ExchangeCode check_peer(Line *line, const Users *allowed) {
  int64_t pid, uid, gid;
  if (!allowed->any) {
    if (!peer_credentials(line->fd, &pid, &uid, &gid)) return line_fault(line, EXCHANGE_PEER, "Cannot read who the peer is", errno);
    for (uint32_t i = 0; i < allowed->count; i++) {
      if (allowed->uids[i] == uid) return EXCHANGE_OK;
    }
    char what[96];
    snprintf(what, sizeof what, "The socket belongs to user %lld, who may not serve an extension", (long long)uid);
    return line_fault(line, EXCHANGE_PEER, what, 0);
  }
  return EXCHANGE_OK;
}

enum ExchangeCode line_open(Line *line, const char *path, const Users *allowed) {
  line->fd = -1;
  enum ExchangeCode code = connect_to(line, path);
  if (!code) code = check_peer(line, allowed);
  if (code) line_close(line);
  return code;
}

void line_close(Line *line) {
  if (line->fd >= 0) close(line->fd);
  line->fd = -1;
}

enum ExchangeCode line_send(Line *line, const uint8_t *data, size_t length) {
  size_t sent = 0;
  while (sent < length) {
    ssize_t count = send(line->fd, data + sent, length - sent, MSG_NOSIGNAL);
    if (count >= 0) {
      sent += (size_t)count;
    } else if (errno == EAGAIN) {
      enum ExchangeCode code = wait_for(line, POLLOUT);
      if (code) return code;
    } else if (errno != EINTR) {
      return line_fault(line, EXCHANGE_CLOSED, "Writing to the extension failed", errno);
    }
  }
  return EXCHANGE_OK;
}

enum ExchangeCode line_receive(Line *line, Bytes *into) {
  for (;;) {
    if (!bytes_reserve(into, READ_SIZE)) return line_fault(line, EXCHANGE_MEMORY, "No memory for the answer", 0);
    ssize_t count = recv(line->fd, into->data + into->length, into->capacity - into->length, 0);
    if (count > 0) {
      into->length += (size_t)count;
      return EXCHANGE_OK;
    }
    if (count == 0) return line_fault(line, EXCHANGE_CLOSED, "No more data to read.", 0);
    if (errno == EAGAIN) {
      enum ExchangeCode code = wait_for(line, POLLIN);
      if (code) return code;
    } else if (errno != EINTR) {
      return line_fault(line, EXCHANGE_CLOSED, "Reading from the extension failed", errno);
    }
  }
}

enum ExchangeCode line_receive_message(Line *line, Bytes *into, MessageScan *scan) {
  if (!message_scan(scan, into->data, into->length)) return line_fault(line, EXCHANGE_MALFORMED, "The answer is malformed", 0);
  while (!scan->done) {
    if (into->length > scan->limit) return line_fault(line, EXCHANGE_MALFORMED, "The answer is too large", 0);
    enum ExchangeCode code = line_receive(line, into);
    if (code) return code;
    if (!message_scan(scan, into->data, into->length)) return line_fault(line, EXCHANGE_MALFORMED, "The answer is malformed", 0);
  }
  return EXCHANGE_OK;
}
