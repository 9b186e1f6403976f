#!/usr/bin/env node
import { defineTable, integer, serve, text } from '@outpost/sdk';

/** select * from hello where name in ('you', 'me') */
export const hello = defineTable({
  name: 'hello',
  description: 'Greetings, one for each name that is asked for.',
  columns: {
    name: text('Who is greeted', { index: true }),
    greeting: text('The words'),
    length: integer('Their length'),
  },
  *generate(context) {
    for (const name of context.equals('name') ?? ['world']) {
      const greeting = `Hello, ${name}!`;
      yield { name, greeting, length: greeting.length };
    }
  },
});

if (import.meta.main) await serve([hello], { name: 'hello' });
