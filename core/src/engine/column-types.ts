/**
 * The types of a statement's columns, as getQueryColumns tells them: the declared type of a plain column; for an expression, what the program that SQLite
 * compiles it to puts into the result's registers (https://sqlite.org/opcode.html).
 */
import type { QueryConnection } from './connection.ts';
import { finalize, type Handle, prepare, type Statement, step } from './native.ts';
import { readRows } from './result-reader.ts';

/** A column of a result. */
export interface ColumnType {
  readonly name: string;
  readonly type: string;
}

type Register = number;
type Program = readonly { readonly opcode: string; readonly p1: number; readonly p2: number; readonly p3: number }[];

const arithmetic = new Set([
  'Add',
  'Subtract',
  'Multiply',
  'Divide',
  'Remainder',
  'BitAnd',
  'BitOr',
  'ShiftLeft',
  'ShiftRight',
]);
const logic = new Set(['And', 'Or']);
const comparisons = new Set(['Eq', 'Ne', 'Lt', 'Le', 'Gt', 'Ge']);
/** The affinities of Cast, by their codes. */
const casts: Readonly<Record<number, string>> = { 65: 'BLOB', 66: 'TEXT', 67: 'UNKNOWN', 68: 'BIGINT', 69: 'DOUBLE' };

const programOf = (handle: Handle, sql: Uint8Array): Program => {
  const statement = prepare(handle, Buffer.concat([Buffer.from('explain '), sql]));
  if (statement === null) return [];
  try {
    const { block } = step(statement, 0, 1 << 24, 100_000);
    return [...readRows(block)].map(([, opcode, p1, p2, p3]) => ({
      opcode: String(opcode),
      p1: Number(p1),
      p2: Number(p2),
      p3: Number(p3),
    }));
  } finally {
    finalize(statement);
  }
};

/** What one instruction writes where; undefined when it says nothing about types. */
const written = (
  { opcode, p1, p2, p3 }: Program[number],
  types: ReadonlyMap<Register, string>,
): readonly [Register, string | undefined] | undefined => {
  if (opcode === 'String' || opcode === 'String8') return [p2, 'TEXT'];
  if (opcode === 'Integer') return [p2, 'INTEGER'];
  if (opcode === 'Int64') return [p2, 'BIGINT'];
  if (opcode === 'Concat') return [p3, 'TEXT'];
  if (opcode === 'Not') return [p2, 'INTEGER'];
  if (opcode === 'Cast') return [p1, casts[p2] ?? 'UNKNOWN'];
  if (opcode === 'AggFinal' || opcode === 'AggValue') return [opcode === 'AggFinal' ? p1 : p3, 'BIGINT'];
  if (opcode === 'Copy' || opcode === 'SCopy' || opcode === 'Move') return [p2, types.get(p1)];
  if (arithmetic.has(opcode)) return [p3, 'BIGINT'];
  if (logic.has(opcode)) return [p3, 'INTEGER'];
  if (opcode === 'Real' || opcode === 'Blob' || opcode === 'Null' || opcode === 'BitNot') return [p2, 'UNKNOWN'];
  if (opcode === 'Function' || opcode === 'PureFunc' || opcode === 'Column' || opcode === 'VColumn')
    return [p3, 'UNKNOWN'];
  return undefined;
};

const expressionTypes = (program: Program, count: number): readonly string[] => {
  const types = new Map<Register, string>();
  const fixed = new Map<Register, string>();
  for (const instruction of program) {
    // A comparison as a value is Integer 1, the jump, Integer 0 or Null: what was an integer stays one.
    if (comparisons.has(instruction.opcode)) continue;
    const write = written(instruction, types);
    if (write === undefined) continue;
    const [register, type] = write;
    if (type !== undefined) types.set(register, type === 'UNKNOWN' ? (fixed.get(register) ?? type) : type);
    if (type === 'INTEGER') fixed.set(register, type);
  }
  const result = program.findLast(({ opcode, p2 }) => opcode === 'ResultRow' && p2 === count);
  return Array.from({ length: count }, (_, index) => types.get((result?.p1 ?? 0) + index) ?? 'UNKNOWN');
};

/** The columns of a prepared statement, in select order. @param sql its text alone */
export const columnTypes = (handle: Handle, statement: Statement, sql: Uint8Array): ColumnType[] => {
  const { columns } = statement;
  const expressions = columns.some(({ origin }) => origin === null);
  const types = expressions ? expressionTypes(programOf(handle, sql), columns.length) : [];
  return columns.map(({ name, declared, origin }, index) => ({
    name,
    type: (origin === null ? types[index] : declared?.toUpperCase()) || 'UNKNOWN',
  }));
};

/**
 * The columns of the first statement of a text; the modules of the tables that it names are loaded.
 * @throws what `prepare` of the connection throws; an Error when there is no statement
 */
export const columnsOf = async (connection: QueryConnection, sql: string): Promise<ColumnType[]> => {
  const text = Buffer.from(sql);
  const statement = await connection.prepare(text, 0);
  if (statement === null) throw new Error('not an error');
  try {
    return columnTypes(connection.handle, statement, text.subarray(0, statement.tail));
  } finally {
    finalize(statement);
  }
};
