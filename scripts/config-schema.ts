import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { configSchema } from '../core/src/config/json-schema.ts';

const page = new URL('../docs/config.schema.json', import.meta.url);

/** The text of docs/config.schema.json. */
export const schemaText = (): string => `${JSON.stringify(configSchema, undefined, 2)}\n`;

if (import.meta.main) {
  writeFileSync(page, schemaText());
  console.log(`written: ${fileURLToPath(page)}`);
}
