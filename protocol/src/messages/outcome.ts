import { type ErrorSource, errorTable, OutpostError } from '../errors.ts';
import type { Outcome } from '../generated/index.mjs';
import type { Structs } from './message.ts';

/** The numbers of an error's source on the wire. */
const sources: readonly (ErrorSource | undefined)[] = [undefined, 'user', 'plugin', 'host', 'downstream'];

/** The error that answers whatever a handler threw. */
export function failureOf(error: unknown): OutpostError {
  if (error instanceof OutpostError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new OutpostError('PLUGIN_FAILED', { message }, { cause: error });
}

/** The struct of a failed call's outcome. */
export const packFailure = ({ code, message, remedy, source }: OutpostError, structs: Structs): Outcome =>
  new structs.Outcome({ error: code, message, remedy, source: sources.indexOf(source) });

/** What the other side says of a failure. */
interface Said {
  readonly error: string;
  readonly message: string;
  readonly remedy: string;
  readonly source: number;
}

/** The error that the other side answered. A code that this version does not know is CALL_FAILED, with the words of the other side. */
export function receivedFailure({ error, message, remedy, source }: Said): OutpostError {
  const code = Object.hasOwn(errorTable, error) ? (error as keyof typeof errorTable) : 'CALL_FAILED';
  return new OutpostError(code, {}, { said: { message, remedy, source: sources[source] ?? 'plugin' } });
}

/** The failure that an outcome tells of, if it does. */
export function unpackFailure(outcome: Outcome | null): OutpostError | undefined {
  const error = outcome?.error ?? '';
  if (error === '') return undefined;
  const { message, remedy, source } = outcome ?? {};
  return receivedFailure({ error, message: message ?? error, remedy: remedy ?? '', source: source ?? 0 });
}
