import { ExtensionCode, type ExtensionResponse, type ExtensionStatus, type PluginResponse } from '@outpost/protocol';

/** A status that says that all went well. */
export const okStatus = (uuid = 0): ExtensionStatus => ({ code: ExtensionCode.success, message: 'OK', uuid });

/** A status that says what failed. */
export const failedStatus = (message: string): ExtensionStatus => ({ code: ExtensionCode.failed, message, uuid: 0 });

/** An answer with rows. */
export const answered = (response: PluginResponse = []): ExtensionResponse => ({ status: okStatus(), response });

/** An answer that says what failed. */
export const refused = (message: string): ExtensionResponse => ({ status: failedStatus(message), response: [] });

/** The text of whatever was thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : 'Unknown exception');
