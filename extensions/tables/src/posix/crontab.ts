import { defineTable, text } from '@outpost/sdk';
import { parseCrontab } from '../lib/crontab.ts';
import { Losses } from '../lib/losses.ts';
import { pidWithNamespace, placesOf } from '../lib/namespace.ts';
import { plainFiles } from '../lib/plain-files.ts';

/** Debian keeps the crontabs of users in the last one, Red Hat in the one before. */
const directories = ['/etc/cron.d/', '/var/spool/cron/', '/var/spool/cron/crontabs/'] as const;

/** What runs by the clock. */
export const crontab = defineTable({
  name: 'crontab',
  description: 'Jobs of the system and per-user crontabs.',
  platforms: ['linux', 'macos'],
  attributes: { cacheable: true },
  examples: [
    "select command, path from crontab where event = '@reboot'",
    "select * from crontab where command like '%curl%' or command like '%wget%'",
  ],
  columns: {
    event: text('Event that starts the job, such as @reboot, instead of a time'),
    minute: text('Minutes of the hour, as written'),
    hour: text('Hours of the day, as written'),
    day_of_month: text('Days of the month, as written'),
    month: text('Months, as written'),
    day_of_week: text('Days of the week, as written'),
    command: text('What runs; in the crontabs of the system, the user comes first'),
    path: text('File of the job'),
    ...pidWithNamespace,
  },
  *generate(context) {
    const losses = new Losses('cannot be read');
    for (const { files, pid } of placesOf(context)) {
      const paths = directories.flatMap(directory => plainFiles(files, directory, losses));
      for (const path of ['/etc/crontab', ...paths])
        for (const job of parseCrontab(losses.attempt(path, () => files.readTextIfPresent(path)) ?? ''))
          yield {
            event: job.event,
            minute: job.minute,
            hour: job.hour,
            day_of_month: job.dayOfMonth,
            month: job.month,
            day_of_week: job.dayOfWeek,
            command: job.command,
            path,
            pid_with_namespace: pid,
          };
    }
    losses.report(context);
  },
});
