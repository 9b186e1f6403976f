// Writes the TypeScript declarations of the generated structs from the description that `thrift --gen json` gives.

interface TypeDescription {
  readonly typeId: string;
  readonly class?: string;
  readonly keyTypeId?: string;
  readonly valueTypeId?: string;
  readonly valueType?: TypeDescription;
  readonly elemTypeId?: string;
  readonly elemType?: TypeDescription;
}

interface Field {
  readonly name: string;
  readonly typeId: string;
  readonly type?: TypeDescription;
}

interface Method {
  readonly name: string;
  readonly returnTypeId: string;
  readonly returnType?: TypeDescription;
  readonly arguments: readonly Field[];
}

/** The parts of the description that are used here. */
export interface Description {
  readonly structs: readonly { readonly name: string; readonly fields: readonly Field[] }[];
  readonly services: readonly { readonly name: string; readonly functions: readonly Method[] }[];
}

const scalars: Readonly<Record<string, string>> = { string: 'string', i64: 'number | bigint', i32: 'number' };

const typeName = (typeId: string, type: TypeDescription | undefined): string => {
  if (typeId === 'map') return `Record<string, ${typeName(type?.valueTypeId ?? '', type?.valueType)}>`;
  if (typeId === 'list') return `${typeName(type?.elemTypeId ?? '', type?.elemType)}[]`;
  if (type?.class !== undefined) return type.class;
  const scalar = scalars[typeId];
  if (scalar === undefined) throw new Error(`There is no TypeScript type for ${typeId} yet.`);
  return scalar;
};

const fieldList = (fields: readonly Field[]): string =>
  fields.map(({ name, typeId, type }) => `${name}: ${typeName(typeId, type)}`).join('; ');

const struct = (fields: string): string => (fields === '' ? 'Struct' : `Struct<{ ${fields} }>`);

const heading = (version: string): string =>
  `// Made by scripts/generate-thrift.ts from protocol/osquery.thrift with ${version}; not to be edited.\n`;

/** The module that brings the compiler's files together: structs by name, messages by method. */
export function indexModule({ structs, services }: Description, version: string): string {
  const names = structs.map(({ name }) => name).join(', ');
  const messages = services.flatMap(({ name: service, functions }) =>
    functions.map(({ name }) => {
      const prefix = `${service}.${service}_${name}`;
      return `  ${name}: { Arguments: ${prefix}_args, Result: ${prefix}_result },\n`;
    }),
  );
  const imports = services.map(({ name }) => `import ${name} from './${name}.js';\n`).join('');
  return `${heading(version)}${imports}import types from './osquery_types.js';

export const { ${names} } = types;
export const services = { ${services.map(({ name }) => name).join(', ')} };
export const messages = {
${messages.join('')}};
`;
}

/** The declarations of {@link indexModule}. A field that a message leaves out is null. */
export function declarations({ structs, services }: Description, version: string): string {
  const types = structs.map(
    ({ name, fields }) =>
      `export declare const ${name}: StructClass<{ ${fieldList(fields)} }>;\nexport type ${name} = ${struct(fieldList(fields))};\n`,
  );
  const methods = services.flatMap(({ functions }) => functions);
  const messages = methods.map(({ name, returnTypeId, returnType, arguments: fields }) => {
    const success = returnTypeId === 'void' ? '' : `success: ${typeName(returnTypeId, returnType)}`;
    const classOf = (text: string): string => (text === '' ? 'StructClass' : `StructClass<{ ${text} }>`);
    return `  readonly ${name}: { readonly Arguments: ${classOf(fieldList(fields))}; readonly Result: ${classOf(success)} };\n`;
  });
  return `${heading(version)}import type { ThriftStruct } from '../binary/thrift.ts';

export type Struct<Fields = object> = ThriftStruct & { [Name in keyof Fields]: Fields[Name] | null };
export type StructClass<Fields = object> = new (fields?: Partial<{ [Name in keyof Fields]: Fields[Name] | null }>) => Struct<Fields>;

${types.join('')}
export declare const messages: {
${messages.join('')}};
export declare const services: Readonly<Record<${services.map(({ name }) => `'${name}'`).join(' | ')}, { readonly Client: unknown; readonly Processor: unknown }>>;
`;
}
