import type { TestContext } from 'node:test';
import {
  type ExtensionResponse,
  type PluginRequest,
  type PluginResponse,
  serveExtension,
  unixEndpoint,
} from '@outpost/protocol';
import { schemaFromRoutes } from '@outpost/sdk';
import { Engine, type EngineOptions } from '../../../core/src/engine/engine.ts';
import { temporaryDirectory } from './harness.ts';

/** A table as a golden record has it. */
export interface RoutedTable {
  readonly table: string;
  readonly routes: PluginResponse;
}

/** One request that an extension got. */
export interface Asked {
  readonly table: string;
  readonly request: PluginRequest;
}

/** The answer of a plugin that has rows to give. */
export const answered = (response: PluginResponse, code = 0, message = 'OK'): ExtensionResponse => ({
  status: { code, message, uuid: 7 },
  response,
});

/** Declares tables of an extension whose socket is at a path. */
export const attachTables = (engine: Engine, tables: readonly RoutedTable[], socketPath: string): void => {
  engine.catalog.set(
    ...tables.map(({ table, routes }) => {
      const schema = schemaFromRoutes(table, routes);
      const placement = { kind: 'extension', uuid: 7, socketPath } as const;
      return { name: table, aliases: schema.aliases, placement, schema };
    }),
  );
};

/** An engine with the tables of an extension that is served by this process. */
export const openExtension = async (
  context: TestContext,
  tables: readonly RoutedTable[],
  answer: (asked: Asked) => ExtensionResponse | Promise<ExtensionResponse>,
  options: EngineOptions = {},
): Promise<Engine> => {
  const path = `${temporaryDirectory(context)}/em.7`;
  const status = { code: 0, message: 'OK', uuid: 7 };
  const server = await serveExtension(unixEndpoint(path), {
    ping: () => status,
    call: (_registry, table, request) => answer({ table, request }),
    shutdown: () => undefined,
  });
  const engine = Engine.open(options);
  context.after(async () => {
    await engine.close();
    await server.close();
  });
  attachTables(engine, tables, path);
  return engine;
};
