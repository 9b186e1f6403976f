/**
 * @outpost/protocol: osquery's extension protocol (version 1) and nothing else.
 *
 * - Nothing missing is an error: a field that a message leaves out is empty text, 0, no rows. Nothing here is ever null.
 * - Text is lossless: bytes that are no UTF-8 come as lone surrogates and go out as the same bytes (binary/text.ts).
 * - Ownership: bytes that are handed out are views of what was received or written; nobody writes into them again.
 * - Order: requests of one connection are sent, and answered, one after another.
 * - Limits: whatever the other side sends is bounded (binary/limits.ts), and checked before memory is taken for it.
 * - Threads: no state is shared; the messages as bytes (`encodeCall`, `locateResponse`, `encodeRows`, `decodeRows`) work in any
 *   thread. A server belongs on the main thread, which alone may set the umask.
 */
export type { Limits } from './binary/limits.ts';
export { replyLimits, requestLimits } from './binary/limits.ts';
export { decodeRows, encodeRows } from './binary/rows.ts';
export { ExtensionClient } from './client/extension-client.ts';
export { ExtensionManagerClient } from './client/manager-client.ts';
export type { CallOptions, ClientOptions } from './client/options.ts';
export * from './constants.ts';
export * from './endpoint.ts';
export * from './errors.ts';
export { encodeCall, locateResponse } from './messages/bytes.ts';
export { ApplicationException } from './messages/exception.ts';
export type { ByteRange, LocatedResponse } from './messages/response.ts';
export type { Awaitable, ExtensionHandler, ExtensionManagerHandler } from './server/handlers.ts';
export type { Server, ServerOptions } from './server/options.ts';
export { serveExtension, serveManager } from './server/server.ts';
export { listen } from './server/socket.ts';
export type { ServerStatistics } from './server/statistics.ts';
export * from './types.ts';
