import type { TableSchema } from '@outpost/sdk';
import { Core } from '../agent/core.ts';
import { type FlagStore, parseFlags, programOf } from '../flags/index.ts';
import { StatusLog } from '../status.ts';
import type { RecordFlags } from './ext/frames/record.ts';
import { schemaMarkdown, schemaObject } from './schema.ts';

/** The flags of a daemon that was given these arguments. @throws Error with what is wrong with them */
const flagsOf = (argv: readonly string[]): FlagStore => {
  const parsed = parseFlags(['--flagfile=', ...argv], programOf('outpostd', []));
  if (parsed.kind === 'exit') throw new Error(parsed.stderr.trim());
  return parsed.flags;
};

/** `outpost config check [PATH]`. @returns the exit code */
export const checkConfiguration = async (path: string | undefined): Promise<number> => {
  const { checkConfig } = await import('../daemon/check.ts');
  return checkConfig(flagsOf(path === undefined ? [] : [`--config_path=${path}`]));
};

/** `outpost schema [TABLE…]`: prints the tables that come with the agent. @returns the exit code */
export const printSchema = async (names: readonly string[], json: boolean): Promise<number> => {
  const status = new StatusLog({ verbose: false, minStatus: 1, minStderr: 1, stderr: true });
  const core = await Core.open(flagsOf([]), status);
  try {
    await core.addStateTables();
    const schemas: TableSchema[] = [];
    for (const name of names.length === 0 ? core.engine.catalog.names() : names) {
      const schema = await core.engine.schema(name);
      if (schema === undefined) {
        process.stderr.write(`There is no table ${name}; outpost schema lists all.\n`);
        return 1;
      }
      schemas.push(schema);
    }
    process.stdout.write(
      json
        ? `${JSON.stringify(schemas.map(schemaObject), undefined, 2)}\n`
        : schemas.map(schema => schemaMarkdown(schema)).join('\n'),
    );
    return 0;
  } finally {
    await core.close();
  }
};

/** `outpost explain-schedule [NAME]`. @param socket that of the agent; the default of outpostd when left out. @returns the exit code */
export const explainScheduleOf = async (name: string | undefined, socket: string | undefined): Promise<number> => {
  const { explainSchedule } = await import('./explain-schedule.ts');
  return explainSchedule(name, socket ?? flagsOf([]).get('extensions_socket'));
};

/** `outpost store inspect [DOMAIN]`. @returns the exit code */
export const inspectStoreAt = async (
  domain: string | undefined,
  { path, ...inspection }: { path?: string; prefix?: string; whole?: boolean },
): Promise<number> => {
  const { inspectStore } = await import('./store-inspect.ts');
  return inspectStore(path ?? flagsOf([]).get('database_path'), {
    ...inspection,
    ...(domain !== undefined && { domain }),
  });
};

/** `outpost config schema`. @returns the exit code */
export const printConfigSchema = async (): Promise<number> => {
  const { configSchema } = await import('../config/json-schema.ts');
  process.stdout.write(`${JSON.stringify(configSchema, undefined, 2)}\n`);
  return 0;
};

/** `outpost doctor extension PATH`. @returns the exit code */
export const examineExtensionAt = async (path: string): Promise<number> => {
  const { examineExtension } = await import('./doctor.ts');
  return examineExtension(path);
};

/** `outpost wait-ready`. @returns the exit code */
export const waitReadyAt = async (
  socket: string | undefined,
  wanted: { readonly extensions: readonly string[]; readonly tables: readonly string[] },
  timeoutSeconds: number,
): Promise<number> => {
  const { waitReady } = await import('./wait-ready.ts');
  return waitReady(socket ?? flagsOf([]).get('extensions_socket'), wanted, timeoutSeconds);
};

/** `outpost ext record`. @param socket that of the agent; the default of outpostd when left out. @returns the exit code */
export const recordExtensionAt = async (
  words: readonly string[],
  socket: string | undefined,
  flags: RecordFlags,
): Promise<number> => {
  const { recordExtension } = await import('./ext/frames/record.ts');
  return recordExtension(words, socket ?? flagsOf([]).get('extensions_socket'), flags);
};
