/* What a daemon needs of the kernel and Node.js does not offer; core/src/system.ts is the only caller and holds the contract. Nothing here
 * needs SQLite, so a process that has none may load the module for it. */
#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "call.h"

/* ioprio_set(2); the C library has neither the call nor its constants. */
#define IOPRIO_WHO_PROCESS 1
#define IOPRIO_IDLE (3 << 13)

static napi_value throw_errno(napi_env env) { return throw_text(env, strerror(errno)); }

/* lockFile(descriptor): whether the file is ours alone from now on, until the descriptor is closed by everybody who inherited it */
static napi_value lock_file(napi_env env, napi_callback_info info) {
  Call call = call_of(env, info);
  int64_t descriptor = -1;
  argument_integer(&call, 0, &descriptor);
  if (flock((int)descriptor, LOCK_EX | LOCK_NB) == 0) return value_boolean(env, true);
  return errno == EWOULDBLOCK ? value_boolean(env, false) : throw_errno(env);
}

/* idleIo(): the disk is ours when nobody else wants it; for the calling thread, and all threads and processes that it starts */
static napi_value idle_io(napi_env env, napi_callback_info info) {
  (void)info;
  return syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, 0, IOPRIO_IDLE) == 0 ? value_nothing(env) : throw_errno(env);
}

/* sendDatagram(path, text): one message to a Unix socket; a path that begins with '@' is a name of the abstract name space (unix(7)) */
static napi_value send_datagram(napi_env env, napi_callback_info info) {
  Call call = call_of(env, info);
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  size_t length = 0, size = 0;
  char *path = argument_text(&call, 0, &length);
  char *text = argument_text(&call, 1, &size);
  int failure = !path || !text || length == 0 || length >= sizeof address.sun_path ? EINVAL : 0;
  int descriptor = failure ? -1 : socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (!failure && descriptor < 0) failure = errno;
  if (!failure) {
    memcpy(address.sun_path, path, length);
    if (path[0] == '@') address.sun_path[0] = '\0';
    socklen_t total = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
    if (sendto(descriptor, text, size, MSG_NOSIGNAL, (struct sockaddr *)&address, total) < 0) failure = errno;
  }
  if (descriptor >= 0) close(descriptor);
  free(path);
  free(text);
  errno = failure;
  return failure ? throw_errno(env) : value_nothing(env);
}

static void unmap(napi_env env, void *data, void *length) {
  (void)env;
  munmap(data, (size_t)(uintptr_t)length);
}

/* mapFile(descriptor, length): an ArrayBuffer that is the beginning of a file, shared with all who map or read it */
static napi_value map_file(napi_env env, napi_callback_info info) {
  Call call = call_of(env, info);
  int64_t descriptor = -1, length = 0;
  napi_value buffer;
  argument_integer(&call, 0, &descriptor);
  argument_integer(&call, 1, &length);
  if (length <= 0) return throw_text(env, "The length must be above 0.");
  void *data = mmap(NULL, (size_t)length, PROT_READ | PROT_WRITE, MAP_SHARED, (int)descriptor, 0);
  if (data == MAP_FAILED) return throw_errno(env);
  if (napi_create_external_arraybuffer(env, data, (size_t)length, unmap, (void *)(uintptr_t)length, &buffer) == napi_ok) return buffer;
  munmap(data, (size_t)length);
  return throw_text(env, "The file cannot be mapped.");
}

/* reduceMemory(): has V8 collect the garbage of the calling thread, which it does when it hears of much memory beside its heap, and gives what malloc
 * holds free back to the kernel */
static napi_value reduce_memory(napi_env env, napi_callback_info info) {
  static const int64_t much = (int64_t)1 << 40;
  int64_t now;
  (void)info;
  napi_adjust_external_memory(env, much, &now);
  napi_adjust_external_memory(env, -much, &now);
  malloc_trim(0);
  return value_nothing(env);
}

/* unblockSignal(number): a signal that was blocked reaches the calling thread */
static napi_value unblock_signal(napi_env env, napi_callback_info info) {
  Call call = call_of(env, info);
  int64_t number = 0;
  sigset_t set;
  argument_integer(&call, 0, &number);
  sigemptyset(&set);
  if (sigaddset(&set, (int)number)) return throw_errno(env);
  pthread_sigmask(SIG_UNBLOCK, &set, NULL);
  return value_nothing(env);
}

/* exitNow(code): ends the process though threads of it hang */
static napi_value exit_now(napi_env env, napi_callback_info info) {
  Call call = call_of(env, info);
  int64_t code = 0;
  argument_integer(&call, 0, &code);
  _exit((int)code);
}

bool process_exports(napi_env env, napi_value exports) {
  static const Export functions[] = {
      {"lockFile", lock_file}, {"idleIo", idle_io},         {"sendDatagram", send_datagram},
      {"mapFile", map_file},   {"reduceMemory", reduce_memory},   {"unblockSignal", unblock_signal},
      {"exitNow", exit_now},
  };
  return exports_add(env, exports, functions, sizeof functions / sizeof *functions);
}
