import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { readCopy } from '../storage/copy.ts';
import { type Domain, domains } from '../storage/keys.ts';
import type { Store } from '../storage/store.ts';
import { unpackText, unpackValue } from '../storage/values.ts';

/** How many keys are read at a time. */
const pageSize = 1000;
/** Domains whose values are MessagePack; those of the others are text, or MessagePack where that is what they look like. */
const packed: readonly Domain[] = ['query_rows', 'outbox', 'outbox_state'];
/** Keys whose values prove who the host is. */
const secret = /^nodeKey$/;
/** The longest value that is shown whole, characters. */
const valueLimit = 300;

async function* entriesOf(
  store: Store,
  domain: Domain,
  prefix: string,
): AsyncGenerator<[key: string, value: Uint8Array]> {
  for (let after: string | undefined; ; ) {
    const page = await store.scan(domain, { prefix, limit: pageSize, ...(after !== undefined && { after }) });
    yield* page;
    after = page.at(-1)?.[0];
    if (page.length < pageSize || after === undefined) return;
  }
}

/** Neither control characters but white space, nor bytes that are no UTF-8. */
const isText = (text: string): boolean => !/[^\P{Cc}\s]|\ufffd/u.test(text);

const valueText = (domain: Domain, key: string, value: Uint8Array): string => {
  if (secret.test(key)) return `(${value.length} bytes, not shown)`;
  const text = unpackText(value);
  if (!packed.includes(domain) && isText(text)) return text;
  try {
    return JSON.stringify(unpackValue(value), (_, member) => (typeof member === 'bigint' ? String(member) : member));
  } catch {
    // Blocks of rows are a format of their own: their size has to do.
    return `(${value.length} bytes)`;
  }
};

const cut = (text: string): string =>
  text.length <= valueLimit ? text : `${text.slice(0, valueLimit)}… (${text.length} characters)`;

async function* summary(store: Store): AsyncGenerator<string> {
  yield `${'domain'.padEnd(20)} ${'keys'.padStart(10)} ${'bytes'.padStart(14)}\n`;
  for (const domain of domains) {
    let [keys, bytes] = [0, 0];
    for await (const [key, value] of entriesOf(store, domain, '')) {
      keys += 1;
      bytes += Buffer.byteLength(key) + value.length;
    }
    yield `${domain.padEnd(20)} ${String(keys).padStart(10)} ${String(bytes).padStart(14)}\n`;
  }
}

async function* listing(store: Store, domain: Domain, prefix: string, whole: boolean): AsyncGenerator<string> {
  for await (const [key, value] of entriesOf(store, domain, prefix)) {
    const text = valueText(domain, key, value);
    yield `${domain}[${key}]: ${whole ? text : cut(text)}\n`;
  }
}

/** Prints texts as fast as they are taken. A reader of the output who went away ends it in silence. */
const print = async (texts: AsyncIterable<string>): Promise<void> => {
  try {
    await pipeline(Readable.from(texts), process.stdout, { end: false });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error;
  }
};

async function* everything(store: Store): AsyncGenerator<string> {
  for (const domain of domains) yield* listing(store, domain, '', true);
}

/** What to show of a database. */
export interface Inspection {
  /** All domains in figures, when left out. */
  readonly domain?: string;
  /** Only keys that begin so. */
  readonly prefix?: string;
  /** Whether long values are shown whole. */
  readonly whole?: boolean;
}

/**
 * `outpost store inspect`: prints what is in the agent's database, also while it runs.
 * @returns the exit code
 * @throws OutpostError STORE_DENIED and others of the store
 */
export const inspectStore = async (
  path: string,
  { domain, prefix = '', whole = false }: Inspection,
): Promise<number> => {
  const known = domains.find(name => name === domain);
  if (domain !== undefined && known === undefined) {
    process.stderr.write(`There is no domain ${domain} in the database; there are ${domains.join(', ')}.\n`);
    return 1;
  }
  return readCopy(path, async store => {
    await print(known === undefined ? summary(store) : listing(store, known, prefix, whole));
    return 0;
  });
};

/** `--database_dump`: prints all of it, a line for each key. @returns the exit code */
export const dumpStore = (path: string): Promise<number> =>
  readCopy(path, async store => {
    await print(everything(store));
    return 0;
  });
