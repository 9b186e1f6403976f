// `node scripts/frame-names.ts`: writes protocol/src/frames/names.json, what the IDL calls the fields of messages, for whoever shows
// messages to people. The IDL is read here and not by the Thrift compiler, which few machines have.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const protocol = join(import.meta.dirname, '../protocol');
const target = join(protocol, 'src/frames/names.json');

/** By id, the name and the type of a field, with a colon between them. */
type Fields = Record<string, string>;

/** What is known of messages. */
export interface FrameNames {
  readonly structs: Record<string, Fields>;
  readonly methods: Record<string, { readonly arguments: Fields; readonly result: string }>;
}

const withoutComments = (idl: string): string => idl.replace(/\/\/[^\n]*|\/\*.*?\*\//gs, '');

const fieldsOf = (text: string, resolve: (type: string) => string): Fields =>
  Object.fromEntries(
    [...text.matchAll(/(\d+)\s*:\s*([\w.]+(?:<[^()]*?>+)?)\s+(\w+)/g)].map(([, id = '', type = '', name = '']) => [
      id,
      `${name}:${resolve(type).replaceAll(' ', '')}`,
    ]),
  );

/** Reads the names of the IDL files. */
export const frameNames = (): FrameNames => {
  const idl = ['osquery', 'outpost']
    .map(name => withoutComments(readFileSync(join(protocol, `${name}.thrift`), 'utf8')))
    .join('\n');
  const typedefs = new Map(
    [...idl.matchAll(/typedef\s+(.+?)\s+(\w+)\n/g)].map(([, type = '', name = '']) => [name, type]),
  );
  const enums = new Set([...idl.matchAll(/enum\s+(\w+)/g)].map(([, name = '']) => name));
  const resolve = (type: string): string =>
    type.replace(/[\w.]+/g, word => {
      const name = word.replace(/^osquery\./, '');
      if (enums.has(name)) return 'i32';
      const defined = typedefs.get(name);
      return defined === undefined ? name : resolve(defined);
    });
  const structs = [...idl.matchAll(/(?:struct|exception)\s+(\w+)\s*\{(.*?)\n\}/gs)].map(
    ([, name = '', text = '']) => [name, fieldsOf(text, resolve)] as const,
  );
  const methods = [...idl.matchAll(/^ {2}(?:oneway\s+)?([\w.]+)\s+(\w+)\((.*?)\)$/gm)].map(
    ([, result = '', name = '', text = '']) =>
      [name, { arguments: fieldsOf(text, resolve), result: resolve(result).replaceAll(' ', '') }] as const,
  );
  return { structs: Object.fromEntries(structs), methods: Object.fromEntries(methods) };
};

if (import.meta.main) {
  writeFileSync(target, `${JSON.stringify(frameNames(), undefined, 2)}\n`);
  console.log(`written: ${target}`);
}
