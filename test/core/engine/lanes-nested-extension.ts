#!/usr/bin/env node
// An extension whose table asks the agent for that table again, one level deeper, until it is refused.
import { ExtensionManagerClient, unixEndpoint } from '@outpost/protocol';
import { defineTable, integer, serve, text } from '@outpost/sdk';

const socket = process.argv[process.argv.indexOf('--socket') + 1] ?? '';

export const nested = defineTable({
  name: 'nested',
  description: 'What the agent says to the same question one level deeper.',
  columns: {
    level: integer('The level', { index: true }),
    said: text('What the deepest level was told, after its number'),
  },
  async *generate(context) {
    for (const level of context.equals('level') ?? []) {
      using client = await ExtensionManagerClient.connect(unixEndpoint(socket), { timeoutMs: 20_000 });
      const { status, response } = await client.query(`select said from nested where level = ${level + 1}`);
      yield { level, said: status.code === 0 ? (response[0]?.said ?? '') : `${level}: ${status.message}` };
    }
  },
});

if (import.meta.main) await serve([nested], { name: 'nested' });
