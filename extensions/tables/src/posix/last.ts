import { defineTable, integer, text } from '@outpost/sdk';
import { loginsIn } from '../lib/login-file.ts';
import { loginTypes } from '../lib/utmp.ts';

const typeNames = new Map<number, string>([
  [loginTypes.user, 'user-process'],
  [loginTypes.dead, 'dead-process'],
]);

/** Who came and went, oldest first. */
export const last = defineTable({
  name: 'last',
  description: 'Login and logout records of wtmp.',
  platforms: ['linux', 'macos'],
  attributes: { cacheable: true },
  examples: [
    "select username, host, datetime(time, 'unixepoch') from last where type = 7 order by time desc limit 10",
    "select distinct host from last where host <> ''",
  ],
  columns: {
    username: text('Name of the account; often empty in the record of a logout'),
    tty: text('Terminal, without /dev/'),
    pid: integer('Process of the login'),
    type: integer('7 for a login, 8 for a logout'),
    type_name: text('user-process for a login, dead-process for a logout'),
    time: integer('Seconds since 1970'),
    host: text('Where the user came from'),
  },
  *generate(context) {
    for (const { user, line, pid, type, time, host } of loginsIn(context, '/var/log/wtmp')) {
      const name = typeNames.get(type);
      if (name !== undefined) yield { username: user, tty: line, pid, type, type_name: name, time, host };
    }
  },
});
