/**
 * Is loaded before a script whose files are watched: writes the path of each module that it loads, but for those of packages, into
 * the file that the query of this module's URL names, a line each.
 */
import { appendFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';

const target = new URL(import.meta.url).searchParams.get('to') ?? '';
const seen = new Set<string>();

const report = (url: string): void => {
  if (!url.startsWith('file:') || url.includes('/node_modules/') || seen.has(url)) return;
  seen.add(url);
  try {
    appendFileSync(target, `${fileURLToPath(url)}\n`);
  } catch {
    return; // whoever wanted to know has gone
  }
};

registerHooks({
  load: (url, context, nextLoad) => {
    report(url);
    return nextLoad(url, context);
  },
});
