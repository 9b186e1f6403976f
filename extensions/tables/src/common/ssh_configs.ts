import { bigint, defineTable, text } from '@outpost/sdk';
import { Losses } from '../lib/losses.ts';
import { parseSshConfig } from '../lib/ssh-config.ts';
import { homePath, readUserFile, usersOf } from '../lib/user-context.ts';

const systemFile = { uid: 0, path: '/etc/ssh/ssh_config' } as const;

/** How users connect to other machines. */
export const sshConfigs = defineTable({
  name: 'ssh_configs',
  description: 'Options of system and user ssh client configuration.',
  platforms: ['linux', 'macos', 'windows'],
  attributes: { userBased: true },
  examples: [
    'select username, block, option from users join ssh_configs using (uid)',
    "select * from ssh_configs where uid = 0 and option like 'stricthostkeychecking%no'",
  ],
  columns: {
    uid: bigint('User whose file it is; 0 for that of the system', { additional: true, optimized: true }),
    block: text('The host or match line above the option, in lower case'),
    option: text('The line, in lower case'),
    ssh_config_file: text('File of the option'),
  },
  *generate(context) {
    const losses = new Losses('cannot be read');
    const places: { uid: number; path: string | undefined }[] = usersOf(context, 'ssh_configs').map(user => ({
      uid: user.uid,
      path: homePath(user, '.ssh/config'),
    }));
    if (context.equals('uid')?.includes(0) !== false) places.push(systemFile);
    for (const { uid, path } of places) {
      if (path === undefined) continue;
      for (const { block, option } of parseSshConfig(readUserFile(context.files, path, losses) ?? ''))
        yield { uid, block, option, ssh_config_file: path };
    }
    losses.report(context);
  },
});
