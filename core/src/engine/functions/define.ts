import { createRequire } from 'node:module';
import { argumentKinds, defineFunction, functionFlags, type Handle, type NativeFunction } from '../native.ts';
import type { Run } from '../sources/source.ts';
import type { functions as addresses } from './addresses.ts';
import type { functions as base64 } from './base64.ts';
import type { functions as carve } from './carve.ts';
import type { functions as communityId } from './community-id.ts';
import { type Bodies, type Declaration, declarations, type FunctionEnvironment } from './declarations.ts';
import type { functions as digests } from './digests.ts';
import type { functions as paths } from './paths.ts';
import type { functions as regex } from './regex.ts';
import type { functions as sleep } from './sleep.ts';
import type { functions as strings } from './strings.ts';

type Family = Declaration['family'];
type MakeBodies = (environment: FunctionEnvironment) => Partial<Bodies>;

const require = createRequire(import.meta.url);

/** The files with the bodies. They are loaded with the first call, in the middle of a statement, so at once. */
const families: Readonly<Record<Family, () => MakeBodies>> = {
  addresses: () => require('./addresses.ts').functions as typeof addresses,
  base64: () => require('./base64.ts').functions as typeof base64,
  carve: () => require('./carve.ts').functions as typeof carve,
  'community-id': () => require('./community-id.ts').functions as typeof communityId,
  digests: () => require('./digests.ts').functions as typeof digests,
  paths: () => require('./paths.ts').functions as typeof paths,
  regex: () => require('./regex.ts').functions as typeof regex,
  sleep: () => require('./sleep.ts').functions as typeof sleep,
  strings: () => require('./strings.ts').functions as typeof strings,
};

const flagsOf = ({ nulls, volatile, aggregate }: Declaration): number =>
  (volatile ? 0 : functionFlags.deterministic) |
  (nulls ? functionFlags.nulls : 0) |
  (aggregate ? functionFlags.aggregate : 0);

/** A body that loads itself. */
const lazyBody = (name: keyof Bodies, family: Family, environment: FunctionEnvironment): NativeFunction['body'] => {
  let body: NativeFunction['body'] | undefined;
  return (...values) => {
    body ??= families[family]()(environment)[name] as NativeFunction['body'];
    return body(...values);
  };
};

/** Different warnings that one query may cause. */
const warningsPerRun = 100;

/** Lets the same warning through once a query, however many rows cause it. */
const oncePerRun = (environment: FunctionEnvironment): FunctionEnvironment['warn'] => {
  const said = new Set<string>();
  let run: Run | undefined;
  return (name, message) => {
    if (run !== environment.run()) said.clear();
    run = environment.run();
    if (said.has(message) || said.size === warningsPerRun) return;
    said.add(message);
    environment.warn(name, message);
  };
};

/** Defines the SQL functions of {@link declarations} on a connection. */
export const defineSqlFunctions = (handle: Handle, surroundings: FunctionEnvironment): void => {
  const environment = { ...surroundings, warn: oncePerRun(surroundings) };
  for (const [name, declaration] of Object.entries(declarations) as [keyof Bodies, Declaration][]) {
    const { family, takes, arity } = declaration;
    const kinds = takes.map(kind => argumentKinds[kind]).join('');
    const [flags, body] = [flagsOf(declaration), lazyBody(name, family, environment)];
    for (const count of arity) defineFunction(handle, { name, arity: count, kinds, flags, body });
  }
};
