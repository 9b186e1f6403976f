import { bigint, defineTable, text } from '@outpost/sdk';
import { Losses } from '../lib/losses.ts';
import { parseShadow } from '../lib/shadow.ts';

/** How old passwords are, and whether there are any. Only root may read it. */
export const shadow = defineTable({
  name: 'shadow',
  description: 'Password state and ageing of local accounts (no hashes).',
  platforms: ['linux'],
  examples: [
    "select username from shadow where password_status = 'empty'",
    "select username, hash_alg from shadow where password_status = 'active' and hash_alg <> 'y'",
  ],
  columns: {
    password_status: text('empty, not_set, locked or active'),
    hash_alg: text('How the password is hashed, as crypt(5) numbers it'),
    last_change: bigint('Day of the last change of the password, in days since 1970; -1 unknown'),
    min: bigint('Days until the password may be changed again; -1 unknown'),
    max: bigint('Days until the password must be changed; -1 unknown'),
    warning: bigint('Days of warning before that; -1 unknown'),
    inactive: bigint('Days after that until the account is locked; -1 unknown'),
    expire: bigint('Day the account expires, in days since 1970; -1 never'),
    flag: bigint('Reserved'),
    username: text('Name of the account', { index: true, optimized: true }),
  },
  *generate(context) {
    const names = context.equals('username');
    const losses = new Losses('cannot be read');
    const path = '/etc/shadow';
    const content = losses.attempt(path, () => context.files.readTextIfPresent(path)) ?? '';
    for (const entry of parseShadow(content)) {
      if (names?.includes(entry.name) === false) continue;
      yield {
        password_status: entry.status,
        hash_alg: entry.algorithm,
        last_change: entry.lastChange,
        min: entry.min,
        max: entry.max,
        warning: entry.warning,
        inactive: entry.inactive,
        expire: entry.expire,
        flag: entry.flag,
        username: entry.name,
      };
    }
    losses.report(context);
  },
});
