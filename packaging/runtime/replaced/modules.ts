/** What core/src/runtime/modules.ts is in the executable. */
import { executable } from '../executable.ts';

export const { importModule, resolvePackage } = executable();
