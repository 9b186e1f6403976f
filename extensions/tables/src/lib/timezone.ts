import type { FileView } from '@outpost/sdk';

const abbreviation = '(<[^>]+>|[A-Za-z]+)';
const offset = '([+-]?\\d{1,2}(?::\\d{2}){0,2})';
const posixRule = new RegExp(`^${abbreviation}${offset}(?:${abbreviation}${offset}?)?`);

/** Minutes west of Greenwich of an offset such as `-5:30`. */
function minutesWest(text: string): number {
  const [hours = 0, minutes = 0] = text.replace(/^[+-]/, '').split(':').map(Number);
  return (text.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}

const bare = (name: string): string => name.replace(/^<|>$/g, '');

/**
 * The abbreviation of a time zone from its rule in the form of the TZ variable (tzset(3)), such as `CET-1CEST,M3.5.0,M10.5.0/3`.
 * `minutes` is the zone's offset at the moment, in minutes west of Greenwich as `Date` counts: it tells summer from winter.
 */
export function abbreviationOf(rule: string, minutes: number): string | undefined {
  const [, standard, standardOffset, summer, summerOffset] = posixRule.exec(rule) ?? [];
  if (standard === undefined || standardOffset === undefined) return undefined;
  const winter = minutesWest(standardOffset);
  if (summer === undefined || minutes === winter) return bare(standard);
  const expected = summerOffset === undefined ? winter - 60 : minutesWest(summerOffset);
  return bare(minutes === expected ? summer : standard);
}

/** The rule at the end of a time zone file (RFC 9636, section 3.3): the line between the last two newlines. */
export function footerOf(zone: Buffer): string | undefined {
  if (zone.toString('latin1', 0, 4) !== 'TZif' || zone.at(-1) !== 10) return undefined;
  return zone.toString('latin1', zone.lastIndexOf(10, zone.length - 2) + 1, zone.length - 1);
}

/** The abbreviation of the machine's time zone at a moment, `UTC` where it cannot be told. Honours the TZ variable. */
export function localAbbreviation(files: FileView, date: Date): string {
  const variable = process.env.TZ?.replace(/^:/, '');
  const path = variable === undefined ? '/etc/localtime' : `/usr/share/zoneinfo/${variable || 'UTC'}`;
  const found = path.includes('/../') ? undefined : files.stat(path);
  const rule = found?.isFile() === true ? footerOf(files.readFile(path)) : variable;
  return (rule === undefined ? undefined : abbreviationOf(rule, date.getTimezoneOffset())) ?? 'UTC';
}
