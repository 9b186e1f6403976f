import type { parserKeys } from './keys.ts';

/** A JSON Schema of a value, as far as we write one. */
export type JsonSchema = Readonly<Record<string, unknown>>;

const sql: JsonSchema = { type: 'string', minLength: 1, description: 'A SQL statement.' };
const flag = (description: string): JsonSchema => ({ type: ['boolean', 'string', 'integer'], description });
const count = (description: string, minimum = 0, maximum?: number): JsonSchema => ({
  type: ['integer', 'string'],
  pattern: '^\\s*\\+?\\d+\\s*$',
  minimum,
  ...(maximum !== undefined && { maximum }),
  description,
});
const texts = (description: string): JsonSchema => ({ type: 'array', items: { type: 'string' }, description });
const mapOf = (value: JsonSchema, description: string): JsonSchema => ({
  type: 'object',
  additionalProperties: value,
  description,
});
const platform: JsonSchema = {
  type: 'string',
  description: 'Platforms that it is for, such as linux,darwin; any or all for every one.',
};
const version: JsonSchema = {
  type: 'string',
  description: 'The least version of osquery that it is for, such as 5.8.2.',
};
const shard = count('Percentage of machines that it is for; 0 for all.', 0, 100);

const query: JsonSchema = {
  type: 'object',
  required: ['query'],
  properties: {
    query: sql,
    interval: count('Seconds between runs; --schedule_default_interval when left out.', 1, 604_800),
    removed: flag('Whether rows that are gone are logged; true when left out.'),
    snapshot: flag('Whether all rows are logged each time, and not what changed.'),
    denylist: flag('Whether the query is held when it does harm; true when left out.'),
    platform,
    version,
    shard,
    startup_priority: count('Runs the query at the start too; lower numbers first.'),
    description: { description: 'A note.' },
    value: { description: 'A note: what the result is good for.' },
  },
};

/** The keys that parts other than the schedule read. */
const parts: Readonly<Record<(typeof parserKeys)[number], JsonSchema>> = {
  options: mapOf({ type: ['string', 'number', 'boolean'] }, 'Flags by name, without dashes.'),
  auto_table_construction: mapOf(
    {
      type: 'object',
      required: ['query', 'path', 'columns'],
      properties: {
        query: sql,
        path: {
          type: 'string',
          description: 'SQLite files; % stands for any characters of a name, %% for directories.',
        },
        columns: texts('Columns of the query that the table has.'),
        platform,
      },
    },
    'Tables made of SQLite files, by name.',
  ),
  decorators: {
    type: 'object',
    properties: {
      load: texts('Queries that run with each change of the configuration.'),
      always: texts('Queries that run before each scheduled query.'),
      interval: {
        type: 'object',
        propertyNames: { pattern: '^\\d+$' },
        additionalProperties: texts('Queries that run every so many seconds, a multiple of 60.'),
      },
    },
    description: 'Queries whose first rows are attached to log lines.',
  },
  events: {
    type: 'object',
    properties: {
      enable_subscribers: texts('Event tables that are on.'),
      disable_subscribers: texts('Event tables that are off.'),
    },
  },
  exclude_paths: mapOf(texts('Paths.'), 'Paths that are not watched, by category.'),
  feature_vectors: { type: 'object' },
  file_accesses: texts('Categories of file_paths whose reads are watched too.'),
  file_paths: mapOf(texts('Globs.'), 'Files that are watched, by category.'),
  file_paths_query: mapOf(texts('Queries with a column path.'), 'Queries for files that are watched, by category.'),
  kafka_topics: mapOf(texts('Names of queries.'), 'Queries by topic.'),
  logger: { type: 'object' },
  prometheus_targets: {
    type: 'object',
    properties: { urls: texts('Addresses to read.'), timeout: count('Seconds.') },
  },
  views: mapOf(sql, 'Views by name.'),
  yara: { type: 'object' },
};

const pack: JsonSchema = {
  type: 'object',
  properties: {
    queries: mapOf({ $ref: '#/$defs/query' }, 'The queries of the pack, by name.'),
    platform,
    version,
    shard,
    discovery: texts('Queries that must all give rows for the pack to be active.'),
    oncall: { type: 'string', description: 'Who looks after the pack.' },
    ...parts,
  },
};

/** The JSON Schema (draft 2020-12) of a configuration. Comments and commas before closing brackets are allowed besides. */
export const configSchema: JsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Configuration of Outpost',
  type: 'object',
  properties: {
    schedule: mapOf({ $ref: '#/$defs/query' }, 'Scheduled queries by name.'),
    packs: {
      type: 'object',
      additionalProperties: {
        anyOf: [
          { $ref: '#/$defs/pack' },
          { type: 'string', description: 'The path of a pack; with the name *, a glob.' },
        ],
      },
      description: 'Packs by name. The value of the name * is a glob, or an object of packs.',
    },
    ...parts,
  },
  $defs: { query, pack },
};
