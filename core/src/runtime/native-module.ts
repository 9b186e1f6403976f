import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

/** Path of the shared object of core/native; OUTPOST_NATIVE_MODULE names another build of it. */
export const nativeModulePath = (): string =>
  process.env.OUTPOST_NATIVE_MODULE ?? fileURLToPath(new URL('../../native/build/outpost.node', import.meta.url));

/** What it exports as an addon. */
export const loadNativeModule = (): unknown => createRequire(import.meta.url)(nativeModulePath());
