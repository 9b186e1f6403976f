import { createHash } from 'node:crypto';
import { membersOf } from './line.ts';

/** The members of a line that tell which one it was. */
const kept = ['name', 'hostIdentifier', 'calendarTime', 'unixTime', 'epoch', 'counter', 'sequence'];
/** How long a text among them may be. */
const longestText = 256;

const short = (value: unknown): unknown => (typeof value === 'string' ? value.slice(0, longestText) : value);

/** The line that goes in the place of one that is too large: it says which one that was, and how large. */
export function noticeOf(line: string, bytes: number, limitBytes: number): string {
  const members = membersOf(line);
  const known = kept.filter(name => ['string', 'number'].includes(typeof members[name]));
  return JSON.stringify({
    ...Object.fromEntries(known.map(name => [name, short(members[name])])),
    action: 'oversize',
    bytes,
    limit: limitBytes,
    sha256: createHash('sha256').update(line).digest('hex'),
  });
}
