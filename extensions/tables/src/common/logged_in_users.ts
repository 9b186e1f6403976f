import { bigint, defineTable, integer, text } from '@outpost/sdk';
import { loginsIn } from '../lib/login-file.ts';
import { loginTypeName } from '../lib/utmp.ts';

/** Who is there now, and what else the file says. */
export const loggedInUsers = defineTable({
  name: 'logged_in_users',
  description: 'Sessions recorded in utmp.',
  platforms: ['linux', 'macos', 'windows'],
  attributes: { cacheable: true },
  examples: [
    "select user, tty, host from logged_in_users where type = 'user'",
    'select l.user, p.name from logged_in_users l join processes p using (pid)',
  ],
  columns: {
    type: text('empty, runlevel, boot_time, new_time, old_time, init, login, user, dead, accounting or unknown'),
    user: text('Name of the account'),
    tty: text('Terminal, without /dev/'),
    host: text('Where the user came from'),
    time: bigint('Seconds since 1970'),
    pid: integer('Process of the session'),
    sid: text('Security identifier', { platforms: ['windows'] }),
    registry_hive: text('Hive of the account in HKEY_USERS', { platforms: ['windows'] }),
  },
  *generate(context) {
    for (const { type, user, line, host, time, pid } of loginsIn(context, '/var/run/utmp'))
      if (pid !== 1) yield { type: loginTypeName(type), user, tty: line, host, time, pid };
  },
});
