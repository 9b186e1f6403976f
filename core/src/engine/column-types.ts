/**
 * The types of a statement's columns, as getQueryColumns tells them: the declared type of a plain column; for an expression, what the program that SQLite
 * compiles it to puts into the result's registers (https://sqlite.org/opcode.html).
 */
import { readRows } from '@outpost/protocol';
import type { QueryConnection } from './connection.ts';
import { explainedStatement } from './explain-scans-prefix.ts';
import { explain, finalize, nativeTypes, type Statement, step } from './native.ts';

/** A column of a result. */
export interface ColumnType {
  readonly name: string;
  readonly type: string;
}

type Program = readonly { readonly opcode: string; readonly p1: number; readonly p2: number; readonly p3: number }[];

/** What an instruction writes, and into the register that which operand names. */
const writes: Readonly<Record<string, readonly [operand: 'p2' | 'p3', type: string]>> = {
  String: ['p2', 'TEXT'],
  String8: ['p2', 'TEXT'],
  Concat: ['p3', 'TEXT'],
  Integer: ['p2', 'INTEGER'],
  Not: ['p2', 'INTEGER'],
  And: ['p3', 'INTEGER'],
  Or: ['p3', 'INTEGER'],
  Int64: ['p2', 'BIGINT'],
  Add: ['p3', 'BIGINT'],
  Subtract: ['p3', 'BIGINT'],
  Multiply: ['p3', 'BIGINT'],
  Divide: ['p3', 'BIGINT'],
  Remainder: ['p3', 'BIGINT'],
  BitAnd: ['p3', 'BIGINT'],
  BitOr: ['p3', 'BIGINT'],
  ShiftLeft: ['p3', 'BIGINT'],
  ShiftRight: ['p3', 'BIGINT'],
  AggStep: ['p3', 'BIGINT'],
};
/** The affinities of Cast, by their codes; NUMERIC may be any number. */
const casts: Readonly<Record<number, string>> = { 65: 'BLOB', 66: 'TEXT', 67: 'UNKNOWN', 68: 'BIGINT', 69: 'DOUBLE' };

/** The program of a statement, which is then good for nothing else; none of one that is an EXPLAIN already. */
const programOf = (statement: Statement): Program => {
  if (!explain(statement)) return [];
  const { block } = step(statement, 0, 1 << 24, 100_000);
  return [...readRows(block)].map(([, opcode, p1, p2, p3]) => ({
    opcode: String(opcode),
    p1: Number(p1),
    p2: Number(p2),
    p3: Number(p3),
  }));
};

const known: ReadonlySet<string> = new Set(Object.keys(nativeTypes));

/** A declared type by the name that the protocol has for it. */
const declaredType = (declared: string | null): string | undefined => {
  const name = declared?.toUpperCase() ?? '';
  return known.has(name) ? name : undefined;
};

const follow = (types: Map<number, string>, { opcode, p1, p2, p3 }: Program[number]): void => {
  const write = writes[opcode];
  if (write !== undefined) types.set(write[0] === 'p2' ? p2 : p3, write[1]);
  if (opcode === 'Cast' && casts[p2] !== undefined) types.set(p1, casts[p2]);
  if (opcode !== 'Copy') return;
  for (let index = 0; index <= p3; index++) {
    const type = types.get(p1 + index);
    if (type === undefined) continue;
    types.set(p2 + index, type);
    types.delete(p1 + index);
  }
};

/**
 * Reads the program from its first to its last instruction, without following its jumps, as osquery does; so what is computed after
 * the instruction that gives the row, such as constants of a statement over tables, has no type.
 */
const expressionTypes = (program: Program, count: number): readonly string[] => {
  const types = new Map<number, string>();
  const found = new Array<string>(count).fill('UNKNOWN');
  for (const instruction of program) {
    if (instruction.opcode === 'ResultRow')
      for (const [register, type] of types)
        if (register >= instruction.p1 && register < instruction.p1 + count) found[register - instruction.p1] = type;
    follow(types, instruction);
  }
  return found;
};

const columnTypes = (statement: Statement): ColumnType[] => {
  const { columns } = statement;
  const expressions = columns.some(({ origin }) => origin === null);
  const types = expressions ? expressionTypes(programOf(statement), columns.length) : [];
  return columns.map(({ name, declared, origin }, index) => ({
    name,
    type: (origin === null ? types[index] : declaredType(declared)) ?? 'UNKNOWN',
  }));
};

/**
 * The columns of the first statement of a text; the modules of the tables that it names are loaded.
 * @throws what `prepare` of the connection throws; an Error when there is no statement
 */
export const columnsOf = async (connection: QueryConnection, sql: string): Promise<ColumnType[]> => {
  const text = Buffer.from(sql);
  const explained = explainedStatement(text, 0);
  const statement = await connection.prepare(text, explained ?? 0);
  if (statement === null) throw new Error('not an error');
  try {
    if (explained !== undefined) return (await import('./explain-scans.ts')).explainedColumns();
    return columnTypes(statement);
  } finally {
    finalize(statement);
  }
};
