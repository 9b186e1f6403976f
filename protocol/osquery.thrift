// The extension protocol, version 1, as spoken by osquery and its SDKs. Field ids are what counts on the wire: an id never
// changes its meaning. All fields have default requiredness: a reader takes a missing one as empty.

// What a plugin is asked, and what it answers: one map a row.
typedef map<string, string> ExtensionPluginRequest
typedef list<map<string, string>> ExtensionPluginResponse

// One flag of the core, as text.
struct InternalOptionInfo {
  1: string value
  2: string default_value
  3: string type
}
typedef map<string, InternalOptionInfo> InternalOptionList

// How an extension introduces itself.
struct InternalExtensionInfo {
  1: string name
  2: string version
  3: string sdk_version
  4: string min_sdk_version
}

// The manager draws the uuid of an extension (16 bits); the core itself is 0.
typedef i64 ExtensionRouteUUID

// Plugins by registry and name, each with the rows that describe it (a table's columns; nothing for other plugins).
typedef map<string, ExtensionPluginResponse> ExtensionRouteTable
typedef map<string, ExtensionRouteTable> ExtensionRegistry
typedef map<ExtensionRouteUUID, InternalExtensionInfo> InternalExtensionList

enum ExtensionCode {
  EXT_SUCCESS = 0
  EXT_FAILED = 1
  EXT_FATAL = 2
}

struct ExtensionStatus {
  1: i32 code
  2: string message
  3: ExtensionRouteUUID uuid
}

struct ExtensionResponse {
  1: ExtensionStatus status
  2: ExtensionPluginResponse response
}

// Declared for other languages' SDKs; no method throws it.
exception ExtensionException {
  1: i32 code
  2: string message
  3: ExtensionRouteUUID uuid
}

// Served by every extension, on the manager's socket path with a dot and its uuid added.
service Extension {
  ExtensionStatus ping()
  ExtensionResponse call(1: string registry, 2: string item, 3: ExtensionPluginRequest request)
  void shutdown()
}

// Served by the core.
service ExtensionManager extends Extension {
  InternalExtensionList extensions()
  InternalOptionList options()
  ExtensionStatus registerExtension(1: InternalExtensionInfo info, 2: ExtensionRegistry registry)
  ExtensionStatus deregisterExtension(1: ExtensionRouteUUID uuid)
  ExtensionResponse query(1: string sql)
  ExtensionResponse getQueryColumns(1: string sql)
}
