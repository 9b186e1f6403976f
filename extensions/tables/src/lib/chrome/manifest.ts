import { hash } from 'node:crypto';
import type { FileView } from '@outpost/sdk';
import { entriesOf, memberAt, membersOf, scalarText } from '../json-values.ts';
import type { Losses } from '../losses.ts';
import { readJson } from '../read-json.ts';
import type { ChromeExtension } from './extensions.ts';

/** Half of a SHA-256 makes an identifier. */
const identifierBytes = 16;
const localized = /^__MSG_(.+)__$/;
const localeName = /^[\w-]+$/;

/**
 * The identifier that belongs to the key of an extension: the start of its SHA-256, with the letters a to p for hexadecimal digits
 * (Chromium, components/crx_file/id_util.cc). Empty for an extension without a key.
 */
export function identifierOf({ manifest }: ChromeExtension): string {
  const key = Buffer.from(scalarText(memberAt(manifest, 'key')), 'base64');
  if (key.length === 0) return '';
  const digest = hash('sha256', key, 'buffer').subarray(0, identifierBytes).toString('hex');
  return digest.replace(/./g, digit => String.fromCharCode(97 + Number.parseInt(digit, 16)));
}

/** Gives the texts of a manifest. Those that stand for one in the user's language are looked up in the extension's own. */
export function manifestTexts(files: FileView, extension: ChromeExtension, losses: Losses): (name: string) => string {
  const { manifest, path } = extension;
  const plain = (name: string) => scalarText(memberAt(manifest, name));
  let messages: ReadonlyMap<string, string> | undefined;
  return name => {
    const text = plain(name);
    const [, key] = localized.exec(text) ?? [];
    if (key === undefined) return text;
    messages ??= messagesOf(files, path, plain('default_locale') || plain('current_locale') || 'en', losses);
    return messages.get(key.toLowerCase()) ?? text;
  };
}

/** The messages of a language by their keys, which compare without case. */
function messagesOf(files: FileView, path: string, locale: string, losses: Losses): ReadonlyMap<string, string> {
  if (!localeName.test(locale)) return new Map();
  const messages = readJson(files, `${path}/_locales/${locale}/messages.json`, losses);
  return new Map(
    entriesOf(messages).flatMap(([key, value]) => {
      const message = memberAt(value, 'message');
      return typeof message === 'string' ? [[key.toLowerCase(), message] as const] : [];
    }),
  );
}

/** A list of permissions as text and as JSON, which also has those that are no text. */
export function permissionsOf({ manifest }: ChromeExtension, name: string): readonly [text: string, json: string] {
  const list = memberAt(manifest, name);
  const texts = membersOf(list).map(scalarText);
  return [texts.filter(text => text !== '').join(', '), JSON.stringify(list) ?? '{}'];
}

/** A script that an extension runs in pages whose address matches. */
export interface ContentScript {
  readonly script: string;
  readonly match: string;
}

/** The scripts an extension runs in pages, one by one for each pattern of addresses. */
export function* contentScriptsOf({ manifest }: ChromeExtension): Generator<ContentScript> {
  for (const entry of membersOf(memberAt(manifest, 'content_scripts')))
    for (const match of membersOf(memberAt(entry, 'matches')))
      for (const script of membersOf(memberAt(entry, 'js')))
        if (typeof match === 'string' && typeof script === 'string') yield { script, match };
}
