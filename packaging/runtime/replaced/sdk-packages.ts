/** What core/src/runtime/sdk-packages.ts is in the executable. */
import { getAssetKeys, getRawAsset } from 'node:sea';
import type { SdkPackage } from '../../../core/src/runtime/sdk-packages.ts';

const prefix = 'package/';

export const sdkPackages = (): readonly SdkPackage[] =>
  getAssetKeys()
    .filter(name => name.startsWith(prefix))
    .map(name => ({ file: name.slice(prefix.length), bytes: new Uint8Array(getRawAsset(name) as ArrayBuffer) }));
