import { bigint, defineTable, type FileView, integer, text } from '@outpost/sdk';
import { Losses } from '../lib/losses.ts';
import type { Account } from '../lib/passwd.ts';
import { quietly } from '../lib/quietly.ts';
import { parseHistory } from '../lib/shell-history.ts';
import { homePath, readUserFile, usersOf } from '../lib/user-context.ts';

const names = ['.bash_history', '.zsh_history', '.zhistory', '.history', '.sh_history', '.ash_history'] as const;

/** The history files a user may have. */
function pathsOf(files: FileView, user: Account): string[] {
  const paths = names.map(name => homePath(user, name));
  const sessions = homePath(user, '.bash_sessions');
  if (sessions !== undefined)
    for (const name of quietly(() => files.readdir(sessions).sort()) ?? [])
      if (name.endsWith('.history')) paths.push(`${sessions}/${name}`);
  return paths.filter(path => path !== undefined);
}

/** What users typed. */
export const shellHistory = defineTable({
  name: 'shell_history',
  description: "Commands in users' shell history files.",
  platforms: ['linux', 'macos'],
  attributes: { userBased: true },
  examples: [
    "select username, command from users join shell_history using (uid) where command like '%curl%|%sh%'",
    "select datetime(time, 'unixepoch') as at, command from shell_history where uid = 0 and time > 0",
  ],
  columns: {
    uid: bigint('User whose history it is', { additional: true, optimized: true }),
    time: integer('Seconds since 1970; 0 where the shell keeps no times'),
    command: text('The line as it was typed, without white space around it'),
    history_file: text('File of the line'),
  },
  *generate(context) {
    const losses = new Losses('cannot be read');
    for (const user of usersOf(context, 'shell_history'))
      for (const path of pathsOf(context.files, user)) {
        if (context.aborted) return;
        for (const { time, command } of parseHistory(readUserFile(context.files, path, losses) ?? ''))
          yield { uid: user.uid, time, command, history_file: path };
      }
    losses.report(context);
  },
});
