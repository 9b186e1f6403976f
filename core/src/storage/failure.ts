import { OutpostError } from '@outpost/protocol';
import { lockHolder } from './lock-holder.ts';

/** What a failure of LevelDB means for the agent. */
export type FailureKind = 'locked' | 'damaged' | 'denied' | 'full' | 'other';

/** The innermost error: `level` wraps what LevelDB said. */
function innermost(error: unknown): { readonly code: string; readonly message: string } {
  let inner = error;
  while (inner instanceof Error && inner.cause instanceof Error) inner = inner.cause;
  if (!(inner instanceof Error)) return { code: '', message: String(inner) };
  return { code: 'code' in inner ? String(inner.code) : '', message: inner.message };
}

/** LevelDB reports errors of the system as text only, so it is the text that tells them apart. */
export function failureKind(error: unknown): FailureKind {
  const { code, message } = innermost(error);
  if (code === 'LEVEL_LOCKED') return 'locked';
  if (code === 'LEVEL_CORRUPTION') return 'damaged';
  if (/permission denied|operation not permitted|read-only file system|EACCES|EPERM|EROFS/i.test(message))
    return 'denied';
  if (/no space left|disk quota exceeded|ENOSPC|EDQUOT/i.test(message)) return 'full';
  // A file that LevelDB wrote and that is gone: somebody removed a part of the database, or all of it.
  if (code === 'LEVEL_IO_ERROR' && /no such file/i.test(message)) return 'damaged';
  return 'other';
}

/** LevelDB's own words about a failure. */
export const failureText = (error: unknown): string => innermost(error).message.replace(/\.$/, '');

/** The error of our table that says it best. */
export function storeError(path: string, error: unknown): OutpostError {
  if (error instanceof OutpostError) return error;
  const options = { cause: error };
  switch (failureKind(error)) {
    case 'locked':
      return new OutpostError('STORE_LOCKED', { path, holder: lockHolder(path) ?? 'another process' }, options);
    case 'denied':
      return new OutpostError('STORE_DENIED', { path, reason: failureText(error) }, options);
    case 'full':
      return new OutpostError('STORE_FULL', { path }, options);
    default:
      return new OutpostError('STORE_FAILED', { path, reason: failureText(error) }, options);
  }
}
