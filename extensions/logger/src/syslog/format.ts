/** Severities of syslog (RFC 5424, section 6.2.1). */
export const severities = { critical: 2, error: 3, warning: 4, notice: 5, info: 6 } as const;

/** The severities of status lines, by their numbers. */
export const statusSeverities = [severities.notice, severities.warning, severities.error, severities.critical] as const;

/** The facility `local3`, which takes the place of one that does not exist. */
const local3 = 19;

/** A facility from 0 to 23. */
export const facilityOf = (wanted: number): number =>
  Number.isInteger(wanted) && wanted >= 0 && wanted <= 23 ? wanted : local3;

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;
const pad = (value: number, fill: string): string => String(value).padStart(2, fill);

/**
 * A message as syslog(3) sends it: `<PRI>Mmm dd hh:mm:ss TAG[PID]: TEXT` (RFC 3164), local time.
 * @param severity one of {@link severities}
 */
export const message = (
  { facility, tag, pid }: { readonly facility: number; readonly tag: string; readonly pid: number },
  severity: number,
  text: string,
  at: Date,
): string => {
  const date = `${months[at.getMonth()]} ${pad(at.getDate(), ' ')}`;
  const time = [at.getHours(), at.getMinutes(), at.getSeconds()].map(part => pad(part, '0')).join(':');
  return `<${facility * 8 + severity}>${date} ${time} ${tag}[${pid}]: ${text}`;
};
