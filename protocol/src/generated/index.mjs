// Made by scripts/generate-thrift.ts from protocol/*.thrift with Thrift version 0.17.0; not to be edited.
import Extension from './Extension.js';
import ExtensionManager from './ExtensionManager.js';
import ExtensionV2 from './ExtensionV2.js';
import ExtensionManagerV2 from './ExtensionManagerV2.js';
import osquery from './osquery_types.js';
import outpost from './outpost_types.js';

export const { InternalOptionInfo, InternalExtensionInfo, ExtensionStatus, ExtensionResponse, ExtensionException } = osquery;
export const { Outcome, Terms, ColumnDocument, TableDocument, OrderTerm, Scan, Page, RowWrite, Written, LogLine, LogAnswer, PluginAnswer, Lease, LeaseGrant, LeaseAnswer, EventAnswer } = outpost;
export const services = { Extension, ExtensionManager, ExtensionV2, ExtensionManagerV2 };
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
  openRows: { Arguments: ExtensionV2.ExtensionV2_openRows_args, Result: ExtensionV2.ExtensionV2_openRows_result },
  nextRows: { Arguments: ExtensionV2.ExtensionV2_nextRows_args, Result: ExtensionV2.ExtensionV2_nextRows_result },
  closeRows: { Arguments: ExtensionV2.ExtensionV2_closeRows_args },
  write: { Arguments: ExtensionV2.ExtensionV2_write_args, Result: ExtensionV2.ExtensionV2_write_result },
  logLines: { Arguments: ExtensionV2.ExtensionV2_logLines_args, Result: ExtensionV2.ExtensionV2_logLines_result },
  ask: { Arguments: ExtensionV2.ExtensionV2_ask_args, Result: ExtensionV2.ExtensionV2_ask_result },
  cancel: { Arguments: ExtensionV2.ExtensionV2_cancel_args },
  openLease: { Arguments: ExtensionManagerV2.ExtensionManagerV2_openLease_args, Result: ExtensionManagerV2.ExtensionManagerV2_openLease_result },
  renew: { Arguments: ExtensionManagerV2.ExtensionManagerV2_renew_args, Result: ExtensionManagerV2.ExtensionManagerV2_renew_result },
  updateRegistry: { Arguments: ExtensionManagerV2.ExtensionManagerV2_updateRegistry_args, Result: ExtensionManagerV2.ExtensionManagerV2_updateRegistry_result },
  openQuery: { Arguments: ExtensionManagerV2.ExtensionManagerV2_openQuery_args, Result: ExtensionManagerV2.ExtensionManagerV2_openQuery_result },
  pushEvents: { Arguments: ExtensionManagerV2.ExtensionManagerV2_pushEvents_args, Result: ExtensionManagerV2.ExtensionManagerV2_pushEvents_result },
};
