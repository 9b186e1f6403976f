import { defineTable, text } from '@outpost/sdk';
import { Losses } from '../lib/losses.ts';
import { SudoersWalk } from '../lib/sudoers.ts';

/** Who may become whom. Only root may read it. */
export const sudoers = defineTable({
  name: 'sudoers',
  description: 'Lines of sudoers and its includes.',
  platforms: ['linux', 'macos'],
  examples: [
    "select * from sudoers where rule_details like '%NOPASSWD%'",
    "select source, rule_details from sudoers where header = 'Defaults'",
  ],
  columns: {
    source: text('File of the line'),
    header: text('First word: who, Defaults, the kind of an alias, include or includedir'),
    rule_details: text('The rest of the line'),
  },
  *generate(context) {
    const losses = new Losses('cannot be read');
    for (const { source, header, details } of new SudoersWalk(context.files, losses).lines('/etc/sudoers'))
      yield { source, header, rule_details: details };
    losses.report(context);
  },
});
