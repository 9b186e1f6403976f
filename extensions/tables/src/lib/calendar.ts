const weekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const;
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

const twoDigits = (value: number): string => String(value).padStart(2, '0');

/** The English name of a date's day of the week, in UTC. */
export const weekdayOf = (date: Date): string => weekdays[date.getUTCDay()] ?? '';

/** A date as asctime(3) writes it, in UTC and with the zone: `Tue Nov  3 02:49:41 2026 UTC`. */
export function asctimeOf(date: Date): string {
  const clock = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map(twoDigits).join(':');
  const day = String(date.getUTCDate()).padStart(2, ' ');
  const month = months[date.getUTCMonth()] ?? '';
  return `${weekdayOf(date).slice(0, 3)} ${month} ${day} ${clock} ${date.getUTCFullYear()} UTC`;
}

/** A date in ISO 8601 without fractions of a second: `2026-11-03T02:49:41Z`. */
export const isoOf = (date: Date): string => `${date.toISOString().slice(0, 19)}Z`;
