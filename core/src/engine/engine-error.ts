import type { ErrorCode, ErrorValues, OutpostError } from '@outpost/protocol';

/** An error of the table of errors. The table is loaded with the first error, so that a first answer need not wait for it. */
export const engineError = async (
  code: ErrorCode,
  values: ErrorValues = {},
  sqliteCode?: number,
): Promise<OutpostError> => {
  const { OutpostError } = await import('@outpost/protocol');
  return new OutpostError(code, values, sqliteCode === undefined ? {} : { sqliteCode });
};
