import { trimmedLines } from './lines.ts';

/** A job of a crontab. Either the event or the five fields of the time are empty. */
export interface CronJob {
  /** Such as `@reboot`. */
  readonly event: string;
  readonly minute: string;
  readonly hour: string;
  readonly dayOfMonth: string;
  readonly month: string;
  readonly dayOfWeek: string;
  /** With single spaces. In a crontab of the system it begins with the user it runs as. */
  readonly command: string;
}

const variable = /^["']?\w+["']?\s*=/;

/** The jobs of a crontab (crontab(5)). Comments, settings of variables and lines without a command are passed over. */
export function* parseCrontab(content: string): Generator<CronJob> {
  for (const line of trimmedLines(content)) {
    if (line.startsWith('#') || variable.test(line)) continue;
    const words = line.split(/[ \t]+/);
    // The event stands for all five fields of the time.
    const [event = ''] = line.startsWith('@') ? words.splice(0, 1, '', '', '', '', '') : [];
    const [minute = '', hour = '', dayOfMonth = '', month = '', dayOfWeek = '', ...rest] = words;
    const command = rest.join(' ');
    if (command !== '') yield { event, minute, hour, dayOfMonth, month, dayOfWeek, command };
  }
}
