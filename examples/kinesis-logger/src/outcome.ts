import type { RecordFailure } from './stream.ts';

/** What both services answer for one record. */
interface Outcome {
  readonly ErrorCode?: string | undefined;
  readonly ErrorMessage?: string | undefined;
}

/** Why each record was not taken. @throws Error when the answer is not one for each record */
export function eachFailure(
  outcomes: readonly Outcome[] | undefined,
  count: number,
): readonly (RecordFailure | undefined)[] {
  if (outcomes?.length !== count)
    throw new Error(`The service answered for ${outcomes?.length ?? 0} of ${count} records.`);
  return outcomes.map(({ ErrorCode, ErrorMessage }) =>
    ErrorCode === undefined || ErrorCode === '' ? undefined : { code: ErrorCode, message: ErrorMessage ?? '' },
  );
}
