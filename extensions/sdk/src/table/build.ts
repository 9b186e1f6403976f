import { columnOptions, tableAttributes } from '@outpost/protocol';
import { type Platform, platforms, runningPlatform } from '../platform.ts';
import {
  type Column,
  type ColumnOptions,
  type ColumnSchema,
  type Columns,
  collations,
  type TableAttributes,
  type TableSchema,
} from './schema.ts';

/** The parts of a spec that the schema is made from. */
interface Described {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly description: string;
  readonly platforms?: readonly Platform[];
  readonly attributes?: TableAttributes;
  readonly examples?: readonly string[];
  readonly columns: Columns;
  readonly order?: readonly string[];
  readonly exact?: readonly string[];
}

const optionFlags = ['index', 'required', 'additional', 'optimized', 'hidden'] as const;

function optionBits(options: ColumnOptions, foreign: boolean): number {
  let bits = foreign ? columnOptions.hidden : 0;
  for (const flag of optionFlags) if (options[flag] === true) bits |= columnOptions[flag];
  if (options.collate !== undefined) bits |= collations[options.collate];
  return bits;
}

function columnSchema(name: string, column: Column, platform: Platform): ColumnSchema {
  const foreign = column.options.platforms !== undefined && !column.options.platforms.includes(platform);
  return Object.freeze({
    name,
    type: column.type,
    options: optionBits(column.options, foreign),
    description: column.description,
    aliases: Object.freeze([...(column.options.aliases ?? [])]),
    foreign,
  });
}

function attributeBits(attributes: TableAttributes): number {
  let bits = 0;
  for (const [name, bit] of Object.entries(tableAttributes))
    if (attributes[name as keyof typeof tableAttributes] === true) bits |= bit;
  return bits;
}

/** The schema of a checked spec as it looks on `platform`. */
export function buildSchema(spec: Described, platform: Platform = runningPlatform): TableSchema {
  return Object.freeze({
    name: spec.name,
    aliases: Object.freeze([...(spec.aliases ?? [])]),
    description: spec.description,
    platforms: Object.freeze([...(spec.platforms ?? platforms)]),
    columns: Object.freeze(Object.entries(spec.columns).map(([name, column]) => columnSchema(name, column, platform))),
    attributes: attributeBits(spec.attributes ?? {}),
    examples: Object.freeze([...(spec.examples ?? [])]),
    order: Object.freeze([...(spec.order ?? [])]),
    exact: Object.freeze([...(spec.exact ?? [])]),
  });
}
