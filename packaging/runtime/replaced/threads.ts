/** What core/src/runtime/threads.ts is in the executable. */
import { executable } from '../executable.ts';

export const { startThread } = executable();
