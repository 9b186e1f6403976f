/** What a record's place and partition depend on. */
export interface Envelope {
  /** Name of the query. */
  readonly name: string;
  readonly hostIdentifier: string;
}

/** The members that the agent writes first into most lines. */
const head = /^\{"name":"([^"\\]*)","hostIdentifier":"([^"\\]*)"/;

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** The members of a line, or none when it is no JSON object. */
export function membersOf(line: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
  } catch {
    return {}; // the line is sent as it is, and has no name
  }
}

/** Reads of a line who wrote it and for which query; parts that are missing are ''. */
export function envelopeOf(line: string): Envelope {
  const [, name, hostIdentifier] = head.exec(line) ?? [];
  if (name !== undefined && hostIdentifier !== undefined) return { name, hostIdentifier };
  const members = membersOf(line);
  return { name: textOf(members.name), hostIdentifier: textOf(members.hostIdentifier) };
}

/** What kind of line a record holds, in osquery's words. */
export type LogType = 'result' | 'status';

/** The line with osquery's last member `log_type`. What is no JSON object stays as it is. */
export function withLogType(line: string, type: LogType): string {
  if (!line.startsWith('{') || !line.endsWith('}')) return line;
  const comma = line.length > 2 ? ',' : '';
  return `${line.slice(0, -1)}${comma}"log_type":"${type}"}`;
}
