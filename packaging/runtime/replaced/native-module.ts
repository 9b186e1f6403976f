/** What core/src/runtime/native-module.ts is in the executable. */
import { executable } from '../executable.ts';

const { nativePath, loadNative } = executable();

export const nativeModulePath = (): string => nativePath('outpost');

export const loadNativeModule = (): unknown => loadNative('outpost');
