// A table that lives here after it lived in another module.
import { defineTable, integer } from '@outpost/sdk';

export const moving = defineTable({
  name: 'moving',
  description: 'Its rows tell where it lives.',
  columns: { n: integer('A number') },
  asynchronous: true,
  generate: async () => [{ n: Number(new URL(import.meta.url).searchParams.get('n')) }],
});
