const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** C's asctime of a time in UTC, without its line break, and ` UTC`: `Mon May  2 22:27:32 2016 UTC`. */
export function calendarTime(unixTime: number): string {
  const at = new Date(unixTime * 1000);
  const day = String(at.getUTCDate()).padStart(2);
  const clock = at.toISOString().slice(11, 19);
  return `${weekdays[at.getUTCDay()]} ${months[at.getUTCMonth()]} ${day} ${clock} ${at.getUTCFullYear()} UTC`;
}
