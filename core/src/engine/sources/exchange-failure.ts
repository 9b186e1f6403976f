import type { TransactError } from '../native.ts';
import { unreachable } from '../unreachable.ts';
import { sqlFailure, sqliteCodes } from './source.ts';

/** What went wrong between us and an extension, in osquery's words. */
export const exchangeFailure = (error: TransactError, path: string): Error => {
  switch (error.code) {
    case 'CONNECT':
      return sqlFailure(unreachable(path), sqliteCodes.error);
    case 'CLOSED':
      return sqlFailure('Extension call failed: No more data to read.', sqliteCodes.error);
    case 'DEADLINE':
      return sqlFailure('Extension call failed: the extension did not answer in time', sqliteCodes.error);
    case 'CANCELLED':
      return sqlFailure('interrupted', sqliteCodes.interrupt);
    default:
      return sqlFailure(`Extension call failed: ${error.message}`, sqliteCodes.error);
  }
};
