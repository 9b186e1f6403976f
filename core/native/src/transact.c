/* A blocking exchange with an extension: connect, write the request, read exactly one message of the Thrift binary protocol. */
#include "outpost.h"

enum ExchangeCode exchange_run(Line *line, const Exchange *exchange, Bytes *reply) {
  MessageScan scan = {.limit = exchange->maximum_bytes};
  enum ExchangeCode code = line_open(line, exchange->path, &exchange->allowed);
  if (!code) code = line_send(line, exchange->request, exchange->request_length);
  if (!code) code = line_receive_message(line, reply, &scan);
  if (!code) reply->length = scan.offset;
  line_close(line);
  return code;
}
