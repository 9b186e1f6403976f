import type { ScanRequest } from '../request.ts';

/** Under which keys the rows of a scan are kept. Equal keys mean: a generator that is asked the same again. */
export interface ScanKeys {
  /** Everything that the table is told. */
  readonly full: string;
  /** The same without constraints that can only narrow the rows; equal to `full` where there are none. */
  readonly wide: string;
}

/** A key of more characters than this costs more than it saves: it comes from a long IN list. */
const keyLimit = 16_384;

const valueKey = (value: unknown): string => {
  switch (typeof value) {
    case 'number':
    case 'bigint':
      return `n${value}`;
    case 'string':
      return `s${value.length}:${value}`;
    default:
      return value instanceof Uint8Array ? `b${value.length}:${Buffer.from(value).toString('latin1')}` : '0';
  }
};

/** Where the term after the one at a place of the flat constraints begins. */
const nextTerm = (constraints: readonly unknown[], at: number): number => at + 3 + (constraints[at + 2] as number);

/**
 * The keys of a scan; undefined where they would be too long. SQLite orders the rows itself unless it has the order from the table, so
 * ORDER BY matters only to a scan with a limit.
 * @param table the number that SQLite calls the table by
 * @param plain by column: whether a constraint on it can only narrow the rows
 */
export const scanKeys = (table: number, request: ScanRequest, plain: readonly boolean[]): ScanKeys | undefined => {
  const { constraints, limit, order } = request;
  let full = limit < 0 ? wholeKey(table) : `${table} ${limit} ${order}`;
  let wide = full;
  for (let at = 0; at < constraints.length; at = nextTerm(constraints, at)) {
    let term = `;${constraints[at]} ${constraints[at + 1]}`;
    for (let index = at + 3; index < nextTerm(constraints, at); index++) term += ` ${valueKey(constraints[index])}`;
    full += term;
    if (plain[constraints[at] as number] !== true) wide += term;
    if (full.length > keyLimit) return undefined;
  }
  return { full, wide };
};

/** The key of a scan that asks for all rows. */
export const wholeKey = (table: number): string => `${table}`;

/** The columns of constraints. */
export const constrainedColumns = (constraints: readonly unknown[]): number[] => {
  const columns: number[] = [];
  for (let at = 0; at < constraints.length; at = nextTerm(constraints, at)) columns.push(constraints[at] as number);
  return columns;
};

/** A scan without the constraints that can only narrow the rows. */
export const widened = (request: ScanRequest, plain: readonly boolean[]): ScanRequest => {
  const constraints: unknown[] = [];
  for (let at = 0; at < request.constraints.length; at = nextTerm(request.constraints, at))
    if (plain[request.constraints[at] as number] !== true)
      constraints.push(...request.constraints.slice(at, nextTerm(request.constraints, at)));
  return { ...request, constraints };
};
