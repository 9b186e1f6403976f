import { OutpostError } from '@outpost/protocol';
import type { PluginKind } from './kinds.ts';

const brand: unique symbol = Symbol.for('@outpost/sdk/definition');

/** Marks an object as a checked definition and freezes it. The mark holds across copies of the SDK in one process. */
export function seal<T extends object>(definition: T): T {
  Object.defineProperty(definition, brand, { value: true });
  return Object.freeze(definition);
}

/** Whether a value was made by `defineTable` or another `define` function. */
export const isSealed = (value: unknown): boolean => typeof value === 'object' && value !== null && brand in value;

/** Collects what is wrong with a definition, so that its author learns all of it at once. */
export class Faults {
  readonly #kind: PluginKind;
  readonly #name: unknown;
  readonly #found: string[] = [];

  constructor(kind: PluginKind, name: unknown) {
    this.#kind = kind;
    this.#name = name;
  }

  /** Notes `fault` unless `holds`. */
  expect(holds: boolean, fault: string): void {
    if (!holds) this.#found.push(fault);
  }

  /** @throws OutpostError DEFINITION_INVALID when anything was noted. */
  raise(): void {
    if (this.#found.length === 0) return;
    const name = typeof this.#name === 'string' && this.#name !== '' ? this.#name : '(unnamed)';
    throw new OutpostError('DEFINITION_INVALID', { kind: this.#kind, name, faults: this.#found.join('; ') });
  }
}

const pluginName = /^[A-Za-z_][A-Za-z0-9_.-]*$/;

/** Checks what every kind but the table has: a name, a description and its functions. */
export function checkPlugin(
  kind: PluginKind,
  spec: object,
  functions: { readonly required: readonly string[]; readonly optional: readonly string[] },
): void {
  const fields = spec as Readonly<Record<string, unknown>>;
  const { name, description } = fields;
  const faults = new Faults(kind, name);
  faults.expect(typeof name === 'string' && pluginName.test(name), `the name ${JSON.stringify(name)} is not one word`);
  faults.expect(typeof description === 'string' && description.trim() !== '', 'the description is empty');
  for (const key of functions.required) faults.expect(typeof fields[key] === 'function', `${key} is missing`);
  for (const key of functions.optional)
    faults.expect(fields[key] === undefined || typeof fields[key] === 'function', `${key} is not a function`);
  faults.raise();
}
