/** A response to `getQueries`, as far as it has the shape that it should have. */
export interface ReadResponse {
  /** In the order of the text; values as they came. */
  readonly queries: readonly (readonly [id: string, sql: unknown])[];
  readonly discovery: readonly (readonly [id: string, sql: unknown])[];
  /** Seconds; undefined when there is none, or it is no whole number. */
  readonly accelerate: number | undefined;
  /** Whether there is one that is no whole number. */
  readonly accelerateMalformed: boolean;
}

const entriesOf = (value: unknown): [string, unknown][] =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [];

/** Reads the JSON text of a response. @throws SyntaxError when it is none; an empty text is no queries. */
export function parseResponse(json: string): ReadResponse {
  const body = Object.fromEntries(json.trim() === '' ? [] : entriesOf(JSON.parse(json)));
  const { accelerate } = body;
  const seconds = typeof accelerate === 'number' && Number.isSafeInteger(accelerate) ? accelerate : undefined;
  return {
    queries: entriesOf(body.queries),
    discovery: entriesOf(body.discovery),
    accelerate: seconds,
    accelerateMalformed: accelerate !== undefined && seconds === undefined,
  };
}

/** Whether a value can be SQL: a text that is not empty. */
export const isSql = (value: unknown): value is string => typeof value === 'string' && value !== '';
