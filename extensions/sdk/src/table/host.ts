import { type ExtensionResponse, OutpostError, type PluginRequest, type PluginResponse } from '@outpost/protocol';
import { type CallScope, failure, guarded, type HostHooks, type PluginHandler, success } from '../answer.ts';
import { warnOnStderr } from '../context.ts';
import { decodeContext } from './codec.ts';
import { tableContext } from './context.ts';
import type { TableDefinition } from './definition.ts';
import { tableRoutes } from './routes.ts';
import { rowEncoder } from './rows.ts';
import type { Row } from './schema.ts';
import { hostWriter } from './writer.ts';

/** Answers a table's requests: columns, generate, insert, update, delete. */
export function hostTable(definition: TableDefinition, hooks: HostHooks = {}): PluginHandler {
  const generate = hostGenerator(definition, hooks);
  const write = hostWriter(definition);
  return guarded(async (request, scope) => {
    const { action } = request;
    switch (action) {
      case undefined:
        return failure('Table plugins must include a request action');
      case 'columns':
        return success(tableRoutes(definition.schema));
      case 'generate':
        return generate(request, scope);
      case 'insert':
      case 'update':
      case 'delete':
        return success([await write(action, request)]);
      default:
        return failure(`Unknown table plugin action: ${action}`);
    }
  });
}

function hostGenerator(definition: TableDefinition, hooks: HostHooks) {
  const { schema } = definition;
  const encode = rowEncoder(schema);
  const warn = hooks.warn ?? warnOnStderr(schema.name);
  return async (request: PluginRequest, { signal }: CallScope): Promise<ExtensionResponse> => {
    const input = decodeContext(schema, request.context);
    const { files, settings } = hooks;
    const place = { warn, ...(files && { files }), ...(settings && { settings }), ...(signal && { signal }) };
    const context = tableContext(schema, { ...input, ...place });
    const rows: PluginResponse = [];
    await eachRow(definition.generate(context), signal, row => rows.push(encode(row)));
    return success(rows);
  };
}

/**
 * Hands over the rows of a generator one by one, whatever its form, until it ends or `signal` fires.
 *
 * @throws what the generator throws, and OutpostError CALL_ABANDONED when the signal fired.
 */
export async function eachRow(
  generated: ReturnType<TableDefinition['generate']>,
  signal: AbortSignal | undefined,
  take: (row: Row) => void,
): Promise<void> {
  const rows = await generated;
  if (Symbol.iterator in rows) {
    for (const row of rows) take(row);
    return;
  }
  for await (const row of rows) {
    if (signal?.aborted === true) throw new OutpostError('CALL_ABANDONED');
    take(row);
  }
}
