import type { DistributedRead } from '@outpost/sdk';

/** The most bytes of a file of queries. */
export const maxFileBytes = 1_048_576;

/** A name that can stand alone in a directory: no path, no hidden file, room for an extension. */
export const isPlainName = (id: string): boolean =>
  id !== '' && !id.startsWith('.') && !/[/\\\p{Cc}]/u.test(id) && Buffer.byteLength(id) <= 200;

/** What is in a file of queries. @throws Error that says, as a whole sentence, what is wrong with it */
export function parseQueryFile(id: string, extension: string, text: string): DistributedRead {
  if (!isPlainName(id)) throw new Error(`The id ${JSON.stringify(id)} is not a plain file name.`);
  if (extension === '.json') return parseRead(text);
  if (text.trim() === '') throw new Error('The file holds no SQL.');
  return { queries: Object.fromEntries([[id, text]]) };
}

function parseRead(text: string): DistributedRead {
  const { queries, discovery, accelerate } = fieldsOf(JSON.parse(text), 'The file');
  const read = { queries: sqlById(queries, 'queries'), discovery: sqlById(discovery ?? {}, 'discovery') };
  if (Object.keys(read.queries).length === 0) throw new Error('The member queries is empty.');
  for (const id of Object.keys(read.discovery))
    if (!Object.hasOwn(read.queries, id)) throw new Error(`The member discovery has ${id}, and queries has not.`);
  if (accelerate === undefined) return read;
  if (typeof accelerate !== 'number' || !Number.isSafeInteger(accelerate) || accelerate < 0)
    throw new Error('The member accelerate is not a whole number of seconds.');
  return { ...read, accelerate };
}

function fieldsOf(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error(`${what} is not an object.`);
  return value as Readonly<Record<string, unknown>>;
}

function sqlById(value: unknown, member: string): Readonly<Record<string, string>> {
  const entries = Object.entries(fieldsOf(value, `The member ${member}`)).map(([id, sql]): [string, string] => {
    if (!isPlainName(id)) throw new Error(`The id ${JSON.stringify(id)} in ${member} is not a plain file name.`);
    if (typeof sql !== 'string' || sql.trim() === '') throw new Error(`The member ${id} of ${member} is not SQL.`);
    return [id, sql];
  });
  return Object.fromEntries(entries);
}
