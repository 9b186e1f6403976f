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
  readonly oneway: boolean;
  readonly returnTypeId: string;
  readonly returnType?: TypeDescription;
  readonly arguments: readonly Field[];
}

/** The parts of the description that are used here. */
export interface Description {
  /** The name of the IDL. */
  readonly name: string;
  readonly structs: readonly { readonly name: string; readonly fields: readonly Field[] }[];
  readonly services: readonly { readonly name: string; readonly functions: readonly Method[] }[];
}

const scalars: Readonly<Record<string, string>> = {
  string: 'string',
  binary: 'Uint8Array',
  bool: 'boolean',
  i64: 'number | bigint',
  i32: 'number',
};

const typeName = (typeId: string, type: TypeDescription | undefined): string => {
  if (typeId === 'map') return `Record<string, ${typeName(type?.valueTypeId ?? '', type?.valueType)}>`;
  if (typeId === 'list') return `${typeName(type?.elemTypeId ?? '', type?.elemType)}[]`;
  if (type?.class !== undefined) return type.class.replace(/^.*\./, '');
  const scalar = scalars[typeId];
  if (scalar === undefined) throw new Error(`There is no TypeScript type for ${typeId} yet.`);
  return scalar;
};

const fieldList = (fields: readonly Field[]): string =>
  fields.map(({ name, typeId, type }) => `${name}: ${typeName(typeId, type)}`).join('; ');

const struct = (fields: string): string => (fields === '' ? 'Struct' : `Struct<{ ${fields} }>`);

const heading = (version: string): string =>
  `// Made by scripts/generate-thrift.ts from protocol/*.thrift with ${version}; not to be edited.\n`;

const servicesOf = (descriptions: readonly Description[]) => descriptions.flatMap(({ services }) => services);

/** Each method once: what two services of one IDL both have must be the same. */
function methodsOf(descriptions: readonly Description[]): { readonly service: string; readonly method: Method }[] {
  const known = new Map<string, { readonly service: string; readonly method: Method }>();
  for (const { name: service, functions } of servicesOf(descriptions))
    for (const method of functions) {
      const before = known.get(method.name);
      if (before === undefined) known.set(method.name, { service, method });
      else if (JSON.stringify(before.method) !== JSON.stringify(method))
        throw new Error(`${before.service} and ${service} differ in the method ${method.name}.`);
    }
  return [...known.values()];
}

/** The module that brings the compiler's files together: structs by name, messages by method. */
export function indexModule(descriptions: readonly Description[], version: string): string {
  const services = servicesOf(descriptions);
  const messages = methodsOf(descriptions).map(({ service, method: { name, oneway } }) => {
    const prefix = `${service}.${service}_${name}`;
    return `  ${name}: { Arguments: ${prefix}_args${oneway ? '' : `, Result: ${prefix}_result`} },\n`;
  });
  const imports = services.map(({ name }) => `import ${name} from './${name}.js';\n`).join('');
  const types = descriptions.map(({ name }) => `import ${name} from './${name}_types.js';\n`).join('');
  const structs = descriptions.map(({ name: idl, structs: own }) => {
    const names = own.map(({ name }) => name).join(', ');
    return `export const { ${names} } = ${idl};\n`;
  });
  return `${heading(version)}${imports}${types}
${structs.join('')}export const services = { ${services.map(({ name }) => name).join(', ')} };
export const messages = {
${messages.join('')}};
`;
}

const classOf = (fields: string): string => (fields === '' ? 'StructClass' : `StructClass<{ ${fields} }>`);

const declarationOf = ({ name, oneway, returnTypeId, returnType, arguments: fields }: Method): string => {
  const success = returnTypeId === 'void' ? '' : `success: ${typeName(returnTypeId, returnType)}`;
  const result = oneway ? '' : `; readonly Result: ${classOf(success)}`;
  return `  readonly ${name}: { readonly Arguments: ${classOf(fieldList(fields))}${result} };\n`;
};

/** The declarations of {@link indexModule}. A field that a message leaves out is null. */
export function declarations(descriptions: readonly Description[], version: string): string {
  const types = descriptions
    .flatMap(({ structs }) => structs)
    .map(
      ({ name, fields }) =>
        `export declare const ${name}: StructClass<{ ${fieldList(fields)} }>;\nexport type ${name} = ${struct(fieldList(fields))};\n`,
    );
  const messages = methodsOf(descriptions).map(({ method }) => declarationOf(method));
  const services = servicesOf(descriptions).map(({ name }) => `'${name}'`);
  return `${heading(version)}import type { ThriftStruct } from '../binary/thrift.ts';

export type Struct<Fields = object> = ThriftStruct & { [Name in keyof Fields]: Fields[Name] | null };
export type StructClass<Fields = object> = new (fields?: Partial<{ [Name in keyof Fields]: Fields[Name] | null }>) => Struct<Fields>;

${types.join('')}
export declare const messages: {
${messages.join('')}};
export declare const services: Readonly<Record<${services.join(' | ')}, { readonly Client: unknown; readonly Processor: unknown }>>;
`;
}
