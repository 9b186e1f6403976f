// Made by scripts/generate-thrift.ts from protocol/osquery.thrift with Thrift version 0.17.0; not to be edited.
import Extension from './Extension.js';
import ExtensionManager from './ExtensionManager.js';
import types from './osquery_types.js';

export const { InternalOptionInfo, InternalExtensionInfo, ExtensionStatus, ExtensionResponse, ExtensionException } = types;
export const services = { Extension, ExtensionManager };
export const messages = {
  ping: { Arguments: Extension.Extension_ping_args, Result: Extension.Extension_ping_result },
  call: { Arguments: Extension.Extension_call_args, Result: Extension.Extension_call_result },
  shutdown: { Arguments: Extension.Extension_shutdown_args, Result: Extension.Extension_shutdown_result },
  extensions: { Arguments: ExtensionManager.ExtensionManager_extensions_args, Result: ExtensionManager.ExtensionManager_extensions_result },
  options: { Arguments: ExtensionManager.ExtensionManager_options_args, Result: ExtensionManager.ExtensionManager_options_result },
  registerExtension: { Arguments: ExtensionManager.ExtensionManager_registerExtension_args, Result: ExtensionManager.ExtensionManager_registerExtension_result },
  deregisterExtension: { Arguments: ExtensionManager.ExtensionManager_deregisterExtension_args, Result: ExtensionManager.ExtensionManager_deregisterExtension_result },
  query: { Arguments: ExtensionManager.ExtensionManager_query_args, Result: ExtensionManager.ExtensionManager_query_result },
  getQueryColumns: { Arguments: ExtensionManager.ExtensionManager_getQueryColumns_args, Result: ExtensionManager.ExtensionManager_getQueryColumns_result },
};
