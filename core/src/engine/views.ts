import type { QueryConnection } from './connection.ts';
import { finalize, type Handle, prepare, step } from './native.ts';
import { quotedName } from './quoted-name.ts';

/** The statement that makes a view. Only the first statement of such a text is ever run. */
const creation = (name: string, sql: string): string => `create view ${quotedName(name)} as ${sql}`;

const run = (handle: Handle, sql: string): void => {
  const statement = prepare(handle, sql);
  if (statement === null) return;
  try {
    step(statement, 0, 1, 1);
  } finally {
    finalize(statement);
  }
};

/** Drops a view, if there is one of the name. */
export const dropView = (handle: Handle, name: string): void => run(handle, `drop view if exists ${quotedName(name)}`);

/** Makes a view, in the place of one of the same name. @throws NativeError */
export const makeView = (handle: Handle, name: string, sql: string): void => {
  dropView(handle, name);
  run(handle, creation(name, sql));
};

/** Why a text cannot be a view; undefined when it can. Whether its tables are there shows when the view is used. */
export const viewFault = async (connection: QueryConnection, sql: string): Promise<string | undefined> => {
  const text = Buffer.from(creation('view under test', sql));
  try {
    const statement = await connection.prepare(text, 0);
    if (statement === null) return 'it is empty';
    finalize(statement);
    const second = await connection.prepare(text, statement.tail);
    if (second === null) return undefined;
    finalize(second);
    return 'it has more than one statement';
  } catch (error) {
    return (error as Error).message;
  }
};
