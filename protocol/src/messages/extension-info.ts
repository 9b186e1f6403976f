import type { InternalExtensionInfo } from '../generated/index.mjs';
import type { ExtensionInfo } from '../types.ts';
import type { Structs } from './message.ts';

/** The fields of an introduction that came over the wire. */
export const unpackInfo = (struct: InternalExtensionInfo | null): ExtensionInfo => ({
  name: struct?.name ?? '',
  version: struct?.version ?? '',
  sdkVersion: struct?.sdk_version ?? '',
  minSdkVersion: struct?.min_sdk_version ?? '',
});

/** The struct of an introduction. */
export const packInfo = (info: ExtensionInfo, structs: Structs): InternalExtensionInfo =>
  new structs.InternalExtensionInfo({
    name: info.name,
    version: info.version,
    sdk_version: info.sdkVersion,
    min_sdk_version: info.minSdkVersion,
  });
