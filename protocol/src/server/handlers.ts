import type {
  ExtensionInfo,
  ExtensionRegistry,
  ExtensionResponse,
  ExtensionStatus,
  OptionInfo,
  Peer,
  PluginRequest,
  RawResponse,
} from '../types.ts';

/** A value, now or later. */
export type Awaitable<Value> = Value | Promise<Value>;

/**
 * What an extension answers. Requests of one connection come one after another, those of several side by side. What a method
 * throws is answered as a Thrift exception with its message: of type 6, or of the type that an ApplicationException names. The
 * signal fires when nobody waits for the answer any more, since the connection has ended.
 */
export interface ExtensionHandler {
  ping(peer: Peer): Awaitable<ExtensionStatus>;
  call(
    registry: string,
    item: string,
    request: PluginRequest,
    peer: Peer,
    signal: AbortSignal,
  ): Awaitable<ExtensionResponse | RawResponse>;
  shutdown(peer: Peer): Awaitable<void>;
}

/** What the core answers besides. */
export interface ExtensionManagerHandler extends ExtensionHandler {
  extensions(peer: Peer): Awaitable<Map<number, ExtensionInfo>>;
  options(peer: Peer): Awaitable<Map<string, OptionInfo>>;
  registerExtension(info: ExtensionInfo, registry: ExtensionRegistry, peer: Peer): Awaitable<ExtensionStatus>;
  deregisterExtension(uuid: number, peer: Peer): Awaitable<ExtensionStatus>;
  query(sql: string, peer: Peer, signal: AbortSignal): Awaitable<ExtensionResponse | RawResponse>;
  getQueryColumns(sql: string, peer: Peer): Awaitable<ExtensionResponse | RawResponse>;
}
