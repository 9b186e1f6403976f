/** The values of osquery's extension protocol as TypeScript sees them; protocol/osquery.thrift has their wire form. */

/** What a plugin is asked: an `action` and what belongs to it. */
export type PluginRequest = Readonly<Record<string, string>>;

/** One row of an answer: text by column name. */
export type PluginRow = Record<string, string>;

/** The rows that a plugin answers. */
export type PluginResponse = PluginRow[];

/** How a request went. */
export interface ExtensionStatus {
  /** A value of {@link ExtensionCode}; plugins may use others with a meaning of their own. */
  readonly code: number;
  /** `OK`, or what went wrong. */
  readonly message: string;
  /** Who answers: the uuid of an extension, 0 for the core. On the wire an i64; rounded to a double above 2^53. */
  readonly uuid: number;
}

/** A status and rows, which count only with code 0. */
export interface ExtensionResponse {
  readonly status: ExtensionStatus;
  readonly response: PluginResponse;
}

/** A response whose rows are already in the Thrift encoding (see `encodeRows`): they are copied into the reply as they are. */
export interface RawResponse {
  readonly status: ExtensionStatus;
  /** One `list<map<string,string>>`. The owner must not change the bytes until the reply is written. */
  readonly rowsBytes: Uint8Array;
}

/** How an extension introduces itself when it registers. */
export interface ExtensionInfo {
  readonly name: string;
  readonly version: string;
  readonly sdkVersion: string;
  readonly minSdkVersion: string;
}

/** A flag of the core, all of it as text. */
export interface OptionInfo {
  readonly value: string;
  readonly defaultValue: string;
  readonly type: string;
}

/** The plugins of one registry: name to route rows. */
export type RouteTable = Readonly<Record<string, PluginResponse>>;

/** What an extension registers: registry name to plugins. */
export type ExtensionRegistry = Readonly<Record<string, RouteTable>>;

/** The process at the other end of a connection, as the kernel names it. */
export interface PeerCredentials {
  readonly pid: number;
  readonly uid: number;
  readonly gid: number;
  /** All groups of the process, where they were asked for. */
  readonly groups?: readonly number[];
}

/** The other end of a connection; `undefined` where nobody can tell. */
export type Peer = PeerCredentials | undefined;
