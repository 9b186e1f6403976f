import type { FileView } from '@outpost/sdk';
import { quietly } from './quietly.ts';
import { OpenFile } from './sys/open-file.ts';
import { readZipped } from './zip.ts';

/** A description is a few kilobytes, one that registers thousands of actions a megabyte. */
const maxBytes = 8 << 20;
const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };

/** What a plugin says of itself; empty where it does not. */
export interface PluginDescription {
  readonly name: string;
  readonly version: string;
  readonly vendor: string;
}

function textOf(content: string): string {
  const cdata = /^\s*<!\[CDATA\[([\s\S]*?)\]\]>\s*$/.exec(content)?.[1];
  if (cdata !== undefined) return cdata.trim();
  const decoded = content.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(\w+));/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return entities[name] ?? whole;
    const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
    return code <= 0x10_ffff ? String.fromCodePoint(code) : whole;
  });
  return decoded.trim();
}

/** The description in a plugin.xml (IntelliJ Platform, "Plugin Configuration File"). */
export function parsePluginXml(xml: string): PluginDescription {
  const content = xml.replace(/<!--[\s\S]*?-->/g, '');
  const element = (name: string) =>
    textOf(
      new RegExp(`<${name}(?:\\s[^>]*)?>([^<]*(?:<!\\[CDATA\\[[\\s\\S]*?\\]\\]>\\s*)?)</${name}\\s*>`).exec(
        content,
      )?.[1] ?? '',
    );
  return { name: element('name'), version: element('version'), vendor: element('vendor') };
}

/** The description in a plugin's archive; undefined when that is none of a plugin, or cannot be read. */
export function describedIn(files: FileView, jar: string): PluginDescription | undefined {
  return quietly(() => {
    const bytes = files.stat(jar)?.size ?? 0;
    using file = new OpenFile(files, jar);
    const readAt = (offset: number, length: number) => file.readAt(offset, length);
    const xml = readZipped(readAt, bytes, 'META-INF/plugin.xml', maxBytes);
    return xml && parsePluginXml(xml.toString());
  });
}

/** `name-1.2.jar` is most likely a library that the plugin brought along. */
const isVersioned = (jar: string): boolean => /-m?\d[^-]*$/i.test(jar);

/**
 * A plugin's archives, the likeliest to describe it first, as the IDE tries them: not resources, not libraries, those named after
 * the plugin's directory, short names.
 */
export function likeliestFirst(jars: readonly string[], plugin: string): string[] {
  const rank = (jar: string): number =>
    Number(jar.startsWith('resources')) * 4 +
    Number(isVersioned(jar)) * 2 +
    Number(!jar.toLowerCase().startsWith(plugin.toLowerCase()));
  return jars.toSorted(
    (left, right) => rank(left) - rank(right) || left.length - right.length || (left < right ? -1 : 1),
  );
}
