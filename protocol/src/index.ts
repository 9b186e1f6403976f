/**
 * @outpost/protocol: osquery's extension protocol (version 1), what Outpost adds to it (version 2), and nothing else. Modules of
 * version 2 have a 2 in their names; docs/protocol.md is its specification.
 *
 * - Nothing missing is an error: a field that a message leaves out is empty text, 0, no rows. Nothing here is ever null.
 * - Text is lossless: bytes that are no UTF-8 come as lone surrogates and go out as the same bytes (binary/text.ts).
 * - Ownership: bytes that are handed out are views of what was received or written; nobody writes into them again.
 * - Order: requests of version 1 are sent, and answered, one after another on a connection; those of version 2 side by side.
 * - Limits: whatever the other side sends is bounded (binary/limits.ts), and checked before memory is taken for it.
 * - Threads: no state is shared; the messages as bytes (`encodeCall`, `locateResponse`, `encodeRows`, `decodeRows`) work in any
 *   thread. A server belongs on the main thread, which alone may set the umask.
 */
export { FieldType } from './binary/codes.ts';
export { Inbox } from './binary/inbox.ts';
export type { Limits } from './binary/limits.ts';
export { replyLimits, requestLimits } from './binary/limits.ts';
export { decodeRows, encodeRows } from './binary/rows.ts';
export { encodeConstraints, encodeTypedRow } from './blocks/any-values.ts';
export { decodeConstraints, readRows, type ScanConstraint } from './blocks/block-reader.ts';
export { BlockWriter } from './blocks/block-writer.ts';
export type { WriterColumn, WriterRow } from './blocks/row-layout.ts';
export { type ColumnTypeCode, columnTypeCodes, type SqlValue } from './blocks/values.ts';
export { ExtensionClient } from './client/extension-client.ts';
export { ExtensionClient2 } from './client/extension-client2.ts';
export { ExtensionManagerClient } from './client/manager-client.ts';
export { ExtensionManagerClient2 } from './client/manager-client2.ts';
export type { CallOptions, ClientOptions } from './client/options.ts';
export { type PageSource, pagesOf } from './client/rows.ts';
export * from './constants.ts';
export * from './endpoint.ts';
export * from './errors.ts';
export { decodeFrame, encodeFrame, type Frame, type FrameKind } from './frames/frame.ts';
export { type FrameJson, frameJson } from './frames/json.ts';
export type { ThriftStructValue, ThriftValue } from './frames/value.ts';
export { isKnownRegistry } from './known-registries.ts';
export { encodeCall, locateResponse } from './messages/bytes.ts';
export {
  type CallTerms,
  encodeCloseRows,
  encodeNextRows,
  encodeOpenRows,
  encodeWrite,
  type LocatedPage,
  locatePage,
  readWritten,
} from './messages/bytes2.ts';
export { ApplicationException } from './messages/exception.ts';
export { cancelNotice } from './messages/header.ts';
export type { LogAnswer } from './messages/plugins2.ts';
export type { ByteRange, LocatedResponse } from './messages/response.ts';
export { isCompatibleSdk, oldestSdkVersion } from './sdk-version.ts';
export { Cursors, cursorLimit, type Piece, type RowSource } from './server/cursors.ts';
export type { Awaitable, ExtensionHandler, ExtensionManagerHandler } from './server/handlers.ts';
export type { CallConnection, CallContext, ExtensionHandler2, ExtensionManagerHandler2 } from './server/handlers2.ts';
export type { Server, ServerOptions } from './server/options.ts';
export { serveExtension, serveManager } from './server/server.ts';
export { listen } from './server/socket.ts';
export type { ServerStatistics } from './server/statistics.ts';
export * from './types.ts';
export * from './version2.ts';
