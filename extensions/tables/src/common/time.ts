import { bigint, defineTable, integer, text } from '@outpost/sdk';
import { asctimeOf, isoOf, weekdayOf } from '../lib/calendar.ts';
import { localAbbreviation } from '../lib/timezone.ts';

/** The clock, one row. */
export const time = defineTable({
  name: 'time',
  description: 'Current UTC time, broken down.',
  platforms: ['linux', 'macos', 'windows'],
  attributes: { utility: true },
  examples: ['select unix_time, iso_8601 from time'],
  columns: {
    weekday: text('Day of the week'),
    year: integer('Year'),
    month: integer('Month, 1 to 12'),
    day: integer('Day of the month'),
    hour: integer('Hour'),
    minutes: integer('Minutes'),
    seconds: integer('Seconds'),
    timezone: text('Time zone of the other columns: UTC'),
    local_timezone: text("Abbreviation of the machine's time zone"),
    unix_time: integer('Seconds since 1970'),
    timestamp: text('As asctime(3) writes it'),
    datetime: text('ISO 8601', { aliases: ['date_time'] }),
    iso_8601: text('ISO 8601'),
    win_timestamp: bigint('Hundreds of nanoseconds since 1601', { platforms: ['windows'] }),
  },
  generate(context) {
    const now = new Date();
    const iso = isoOf(now);
    return [
      {
        weekday: weekdayOf(now),
        year: now.getUTCFullYear(),
        month: now.getUTCMonth() + 1,
        day: now.getUTCDate(),
        hour: now.getUTCHours(),
        minutes: now.getUTCMinutes(),
        seconds: now.getUTCSeconds(),
        timezone: 'UTC',
        local_timezone: context.used('local_timezone') ? localAbbreviation(context.files, now) : '',
        unix_time: Math.floor(now.getTime() / 1000),
        timestamp: asctimeOf(now),
        datetime: iso,
        iso_8601: iso,
      },
    ];
  },
});
