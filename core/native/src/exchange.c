/* The functions that JavaScript calls to talk to extensions. */
#include <stdlib.h>
#include <unistd.h>

#include "call.h"

static void throw_exchange(napi_env env, enum ExchangeCode code, const Line *line) {
  static const char *const names[] = {"OK",        "CONNECT", "CLOSED", "DEADLINE", "CANCELLED",
                                      "MALFORMED", "PEER",    "MEMORY", "BUSY"};
  napi_value error = value_error(env, line->message);
  set_text(env, error, "code", names[code]);
  napi_throw(env, error);
}

static void free_reply(napi_env env, void *data, void *hint) {
  (void)env, (void)hint;
  free(data);
}

static napi_value reply_value(napi_env env, Bytes *reply) {
  napi_value result = NULL;
  void *copy;
  if (reply->length >= 1 << 16 &&
      napi_create_external_buffer(env, reply->length, reply->data, free_reply, NULL, &result) == napi_ok) {
    return result;
  }
  napi_create_buffer_copy(env, reply->length, reply->data, &copy, &result);
  bytes_free(reply);
  return result;
}

static bool read_users(const Call *call, size_t index, Users *users) {
  napi_value value;
  *users = (Users){.any = true};
  if (index >= call->count || napi_get_array_length(call->env, call->values[index], &users->count) != napi_ok) return true;
  if (users->count > MAXIMUM_UIDS) return false;
  for (uint32_t i = 0; i < users->count; i++) {
    if (napi_get_element(call->env, call->values[index], i, &value) != napi_ok ||
        napi_get_value_int64(call->env, value, &users->uids[i]) != napi_ok) {
      return false;
    }
  }
  users->any = false;
  return true;
}

/* Sets until when a line is waited for, from an argument in milliseconds and the flag after it. */
static bool read_until(const Call *call, size_t index, Line *line) {
  int64_t deadline_ms;
  napi_typedarray_type type;
  size_t length;
  void *flag;
  if (!argument_integer(call, index, &deadline_ms)) return false;
  bool has_flag = napi_get_typedarray_info(call->env, call->values[index + 1], &type, &length, &flag, NULL, NULL) == napi_ok &&
                  type == napi_int32_array && length;
  line_until(line, deadline_ms, has_flag ? flag : NULL);
  return true;
}

/* transact(path, request, deadlineMs, cancel, maximumBytes, peerUids) */
static napi_value transact(napi_env env, napi_callback_info info) {
  Call call = call_of(env, info);
  Exchange exchange = {0};
  Line line = {.fd = -1};
  Bytes reply = {0};
  int64_t maximum = 0;
  if (!argument_bytes(&call, 1, &exchange.request, &exchange.request_length) || !read_until(&call, 2, &line) ||
      !argument_integer(&call, 4, &maximum) || !read_users(&call, 5, &exchange.allowed)) {
    return throw_text(env, "transact takes a path, bytes, milliseconds, a flag, a number of bytes and user ids.");
  }
  exchange.maximum_bytes = maximum > 0 ? (size_t)maximum : 0;
  char *path = argument_text(&call, 0, NULL);
  if (!path) return throw_text(env, "The socket path must be text.");
  exchange.path = path;
  enum ExchangeCode code = exchange_run(&line, &exchange, &reply);
  free(path);
  if (code == EXCHANGE_OK) return reply_value(env, &reply);
  bytes_free(&reply);
  throw_exchange(env, code, &line);
  return NULL;
}

/* ---- sessions ---- */

static const napi_type_tag session_tag = {0x6f7574706f737473, 0x657373696f6e0001};

static void free_session(napi_env env, void *data, void *hint) {
  (void)env, (void)hint;
  session_close(data);
  free(data);
}

/* The first argument; NULL with an exception pending. */
static Session *argument_session(const Call *call) {
  bool tagged = false;
  void *session = NULL;
  if (napi_check_object_type_tag(call->env, call->values[0], &session_tag, &tagged) != napi_ok || !tagged ||
      napi_get_value_external(call->env, call->values[0], &session) != napi_ok) {
    throw_text(call->env, "The first argument is no session.");
    return NULL;
  }
  return session;
}

/* openSession(path, deadlineMs, cancel, maximumBytes, peerUids) */
static napi_value open_session(napi_env env, napi_callback_info info) {
  Call call = call_of(env, info);
  int64_t maximum = 0;
  Users allowed;
  napi_value result;
  if (!argument_integer(&call, 3, &maximum) || !read_users(&call, 4, &allowed)) {
    return throw_text(env, "openSession takes a path, milliseconds, a flag, a number of bytes and user ids.");
  }
  Session *session = session_new(maximum > 0 ? (size_t)maximum : 0);
  if (!session) return throw_text(env, "There is no memory for a session.");
  if (napi_create_external(env, session, free_session, NULL, &result) != napi_ok) {
    free(session);
    return NULL;
  }
  napi_type_tag_object(env, result, &session_tag);
  char *path = argument_text(&call, 0, NULL);
  if (!path || !read_until(&call, 1, session_line(session))) {
    free(path);
    return throw_text(env, "openSession takes a path, milliseconds, a flag, a number of bytes and user ids.");
  }
  enum ExchangeCode code = line_open(session_line(session), path, &allowed);
  free(path);
  if (code == EXCHANGE_OK) return result;
  throw_exchange(env, code, session_line(session));
  return NULL;
}

/* sessionSend(session, id, message, deadlineMs, cancel) */
static napi_value send_in_session(napi_env env, napi_callback_info info) {
  Call call = call_of(env, info);
  Session *session = argument_session(&call);
  const uint8_t *message;
  size_t length;
  int64_t id;
  if (!session) return NULL;
  if (!argument_integer(&call, 1, &id) || !argument_bytes(&call, 2, &message, &length) ||
      !read_until(&call, 3, session_line(session))) {
    return throw_text(env, "sessionSend takes a session, an id, bytes, milliseconds and a flag.");
  }
  enum ExchangeCode code = session_send(session, (int32_t)id, message, length);
  if (code == EXCHANGE_OK) return value_nothing(env);
  throw_exchange(env, code, session_line(session));
  return NULL;
}

/* sessionReceive(session, id, deadlineMs, cancel) */
static napi_value receive_in_session(napi_env env, napi_callback_info info) {
  Call call = call_of(env, info);
  Session *session = argument_session(&call);
  Bytes reply = {0};
  int64_t id;
  if (!session) return NULL;
  if (!argument_integer(&call, 1, &id) || !read_until(&call, 2, session_line(session))) {
    return throw_text(env, "sessionReceive takes a session, an id, milliseconds and a flag.");
  }
  enum ExchangeCode code = session_receive(session, (int32_t)id, &reply);
  if (code == EXCHANGE_OK) return reply_value(env, &reply);
  throw_exchange(env, code, session_line(session));
  return NULL;
}

/* sessionForget(session, id) */
static napi_value forget_in_session(napi_env env, napi_callback_info info) {
  Call call = call_of(env, info);
  Session *session = argument_session(&call);
  int64_t id = 0;
  if (!session) return NULL;
  argument_integer(&call, 1, &id);
  session_forget(session, (int32_t)id);
  return value_nothing(env);
}

/* closeSession(session) */
static napi_value close_session(napi_env env, napi_callback_info info) {
  Call call = call_of(env, info);
  Session *session = argument_session(&call);
  if (!session) return NULL;
  session_close(session);
  return value_nothing(env);
}

/* ---- who is at the other end ---- */

static napi_value credentials(napi_env env, napi_callback_info info) {
  Call call = call_of(env, info);
  int64_t fd = -1, pid, uid, gid;
  argument_integer(&call, 0, &fd);
  if (fd < 0 || fd > INT32_MAX || !peer_credentials((int)fd, &pid, &uid, &gid)) {
    return throw_text(env, "The descriptor is not a connected Unix socket.");
  }
  napi_value result;
  napi_create_object(env, &result);
  set_integer(env, result, "pid", pid);
  set_integer(env, result, "uid", uid);
  set_integer(env, result, "gid", gid);
  return result;
}

static napi_value groups_of(napi_env env, napi_callback_info info) {
  Call call = call_of(env, info);
  int64_t fd = -1;
  gid_t *groups;
  size_t count;
  argument_integer(&call, 0, &fd);
  if (fd < 0 || fd > INT32_MAX || !peer_groups((int)fd, &groups, &count)) {
    return throw_text(env, "The groups of the peer cannot be read.");
  }
  napi_value list;
  napi_create_array_with_length(env, count, &list);
  for (size_t i = 0; i < count; i++) napi_set_element(env, list, (uint32_t)i, value_number(env, groups[i]));
  free(groups);
  return list;
}

bool exchange_exports(napi_env env, napi_value exports) {
  static const Export functions[] = {
      {"transact", transact},
      {"openSession", open_session},
      {"sessionSend", send_in_session},
      {"sessionReceive", receive_in_session},
      {"sessionForget", forget_in_session},
      {"closeSession", close_session},
      {"peerCredentials", credentials},
      {"peerGroups", groups_of},
  };
  return exports_add(env, exports, functions, sizeof functions / sizeof *functions);
}
