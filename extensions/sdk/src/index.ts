/**
 * What a plugin is written with. A definition (`defineTable`, `defineConfig`, `defineLogger`, `defineDistributed`) is checked,
 * frozen and knows nothing of where it runs: `hostPlugin` answers its requests in process, `serve` behind a socket.
 *
 * Rules of the boundary. Requests and responses are maps of strings; they are decoded once, in the `codec.ts` of the kind, and a
 * definition sees typed values only. A handler never rejects: what a plugin throws becomes status code 1 with the error's message.
 * NULL is empty text on the wire. Calls to one plugin may run at the same time.
 */
export {
  columnOptions,
  constraintOperators,
  type ExtensionResponse,
  OutpostError,
  type PluginRequest,
  type PluginResponse,
  type PluginRow,
  tableAttributes,
} from '@outpost/protocol';
export type { CallScope, HostHooks, PluginContext, PluginHandler } from './answer.ts';
export * from './config/codec.ts';
export * from './config/definition.ts';
export { type Bounds, withDeadline } from './deadline.ts';
export * from './distributed/codec.ts';
export * from './distributed/definition.ts';
export { type PluginKind, registries } from './kinds.ts';
export * from './logger/codec.ts';
export * from './logger/definition.ts';
export * from './platform.ts';
export {
  documentsOf,
  hostPlugin,
  isPluginDefinition,
  type PluginDefinition,
  registryFor,
  registryOf,
  routesOf,
} from './plugin.ts';
export { type QueryRow, type RegistryChanges, type Running, type ServeOptions, serve } from './serve/index.ts';
export { bytesToText, textToBytes } from './table/bytes.ts';
export * from './table/codec.ts';
export * from './table/context.ts';
export * from './table/definition.ts';
export { type FileView, fileView, machineFiles, type ReadOptions, readMax } from './table/files.ts';
export { eachRow } from './table/host.ts';
export { reservedWords } from './table/reserved.ts';
export { schemaFromRoutes } from './table/routes.ts';
export { decodeValueArray, encodeValueArray, rowEncoder } from './table/rows.ts';
export { RowScan, type ScanLayout, type ScannedBlock } from './table/scan.ts';
export * from './table/schema.ts';
export { convertValue, valueText } from './table/values.ts';
export { WriteRefused } from './table/writer.ts';
