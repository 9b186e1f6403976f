import { isAbsolute } from 'node:path';
import { OutpostError } from '@outpost/protocol';
import { type ParseError, parse, printParseErrorCode } from 'jsonc-parser';
import { readTrusted } from './file-checks.ts';
import type { SafetyOptions } from './program.ts';

/** What one extension may do. In names `*` stands for any characters. */
export interface ExtensionRights {
  /** Registries in which it may have plugins. */
  readonly registries: readonly string[];
  /** Tables it may have. */
  readonly tables: readonly string[];
  /** What it may call in the agent, as REGISTRY/ITEM. */
  readonly calls: readonly string[];
  /** Whether it may ask queries. */
  readonly query: boolean;
  /** The program that the agent starts for it, an absolute path: no other process may have its name. */
  readonly program?: string;
}

const isList = (value: unknown): boolean => Array.isArray(value) && value.every(one => typeof one === 'string');

/** What the SDKs use. Registries that hold the agent's own state or keys (`database`, `enroll`, …) are not among them. */
const defaultRights: ExtensionRights = {
  registries: ['table', 'config', 'logger', 'distributed'],
  tables: ['*'],
  calls: ['table/*', 'config/*', 'logger/*', 'distributed/*'],
  query: true,
};

/** The keys of an entry, and what their values must be. */
const keys: Readonly<Record<keyof ExtensionRights, readonly [kind: string, fits: (value: unknown) => boolean]>> = {
  registries: ['a list of texts', isList],
  tables: ['a list of texts', isList],
  calls: ['a list of texts', isList],
  query: ['true or false', value => typeof value === 'boolean'],
  program: ['an absolute path', value => typeof value === 'string' && isAbsolute(value)],
};

const matches = (pattern: string, name: string): boolean => {
  const source = pattern
    .split('*')
    .map(part => part.replaceAll(/[\\^$.|?+()[\]{}]/g, '\\$&'))
    .join('.*');
  return new RegExp(`^${source}$`, 's').test(name);
};

const allows = (patterns: readonly string[], name: string): boolean => patterns.some(pattern => matches(pattern, name));

/** What each extension may do: rights by name, those of `*` for all others. */
export class ExtensionPolicy {
  readonly #rights: ReadonlyMap<string, ExtensionRights>;

  constructor(rights: ReadonlyMap<string, ExtensionRights> = new Map()) {
    this.#rights = rights;
  }

  /** What extensions may do, by name; those without an entry, and processes that are none, as `*`. */
  entries(): readonly (readonly [extension: string, rights: ExtensionRights])[] {
    return [...this.#rights, ...(this.#rights.has('*') ? [] : [['*', defaultRights] as const])];
  }

  /** The rights of an extension; of a process that is none, with the name ''. */
  of(extension: string): ExtensionRights {
    return this.#rights.get(extension) ?? this.#rights.get('*') ?? defaultRights;
  }

  /** The program that alone may have a name, if the policy says so. */
  programOf(extension: string): string | undefined {
    return this.#rights.get(extension)?.program;
  }

  /** Why an extension may not have a plugin; undefined when it may. */
  refusesPlugin(extension: string, registry: string, item: string): string | undefined {
    const { registries, tables } = this.of(extension);
    if (!allows(registries, registry)) return `its policy has no registry ${registry}`;
    return registry === 'table' && !allows(tables, item) ? `its policy has no table ${item}` : undefined;
  }

  /** Why an extension may not call a plugin of the agent; undefined when it may. */
  refusesCall(extension: string, registry: string, item: string): string | undefined {
    return allows(this.of(extension).calls, `${registry}/${item}`)
      ? undefined
      : `the policy of extensions allows no call of ${registry}/${item}`;
  }

  /** Why an extension may not ask queries; undefined when it may. */
  refusesQuery(extension: string): string | undefined {
    return this.of(extension).query ? undefined : 'the policy of extensions allows it no queries';
  }
}

type Fault = (what: string) => never;

const objectOf = (value: unknown, what: string, fault: Fault): Readonly<Record<string, unknown>> => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return fault(`${what} must be an object`);
  return value as Readonly<Record<string, unknown>>;
};

const rightsOf = (value: unknown, what: string, fault: Fault): ExtensionRights => {
  const given = objectOf(value, what, fault);
  for (const [key, part] of Object.entries(given)) {
    const known = Object.keys(keys).join(', ');
    const [kind, fits] =
      keys[key as keyof ExtensionRights] ?? fault(`${what} has the unknown key ${key}; there are ${known}`);
    if (!fits(part)) fault(`${key} of ${what} must be ${kind}`);
  }
  return { ...defaultRights, ...given };
};

/**
 * Reads the policy of `--extensions_policy`: `{"NAME or *": {"registries": […], "tables": […], "calls": […], "query": true,
 * "program": "/…"}}`, comments allowed. What an entry leaves out is as it is without a policy. The file has to be root's or the agent's user's, and not writable by
 * everybody.
 * @param path '' for no policy
 * @param options as for programs that are started
 * @throws OutpostError EXTENSIONS_POLICY_INVALID
 */
export const readPolicy = (
  path: string,
  { allowUnsafe, uid = process.geteuid?.() ?? 0 }: SafetyOptions = { allowUnsafe: false },
): ExtensionPolicy => {
  if (path === '') return new ExtensionPolicy();
  const fault: Fault = reason => {
    throw new OutpostError('EXTENSIONS_POLICY_INVALID', { path, reason });
  };
  let text: string;
  try {
    text = readTrusted(path, allowUnsafe ? undefined : uid);
  } catch (error) {
    return fault((error as Error).message);
  }
  const errors: ParseError[] = [];
  const value: unknown = parse(text, errors, { allowTrailingComma: true });
  const [error] = errors;
  if (error !== undefined) {
    const line = text.slice(0, error.offset).split('\n').length;
    fault(`line ${line} is no JSON (${printParseErrorCode(error.error)})`);
  }
  const entries = Object.entries(objectOf(value, 'the policy', fault));
  return new ExtensionPolicy(
    new Map(entries.map(([name, rights]) => [name, rightsOf(rights, `the entry ${name}`, fault)])),
  );
};
