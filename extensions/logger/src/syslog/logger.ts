import { defineLogger, type LoggerDefinition } from '@outpost/sdk';
import { DatagramSocket, SendError } from '../lib/sys/datagram-socket.ts';
import { facilityOf, message, severities, statusSeverities } from './format.ts';

/** How the syslog logger works. */
export interface SyslogLoggerOptions {
  /** The socket of the daemon; `/dev/log` when left out. */
  readonly path?: string;
  /** `--logger_syslog_facility`, 0 to 23; 19 (local3) for any other number. */
  readonly facility: number;
  /** `--logger_syslog_prepend_cee`: whether result lines begin with `@cee:`, the sign of structured lines. */
  readonly cee: boolean;
}

/** How many characters are sent of a line that is too long for a datagram. */
const cutLength = 16_384;

const cut = (text: string): string =>
  `${text.slice(0, cutLength)}… (${text.length} characters, cut: too long for a datagram)`;

/**
 * The logger `syslog`: each line a message to the daemon of the system. A line that the daemon does not take, since it is not there or
 * has no room, is not delivered, and comes again. One that is too long for a datagram, some 200 KB, would never be taken, and hold
 * back all others: its beginning is sent, and that it was cut.
 * @param options how it works, or a function that is asked for it when the logger begins
 */
export function syslogLogger(options: () => SyslogLoggerOptions): LoggerDefinition {
  let tag = 'outpostd';
  let socket: DatagramSocket | undefined;
  const attempt = (severity: number, text: string): void => {
    const { path = '/dev/log', facility } = options();
    socket ??= new DatagramSocket(path);
    const head = { facility: facilityOf(facility), tag, pid: process.pid };
    socket.send(Buffer.from(message(head, severity, text, new Date())));
  };
  const send = (severity: number, text: string): void => {
    try {
      attempt(severity, text);
    } catch (error) {
      if (!(error instanceof SendError && error.code === 'EMSGSIZE' && text.length > cutLength)) throw error;
      attempt(severity, cut(text));
    }
  };
  const result = (line: string): void => send(severities.info, options().cee ? `@cee:${line}` : line);
  return defineLogger({
    name: 'syslog',
    description: 'Sends all log lines to the syslog daemon.',
    init(processName) {
      tag = processName;
      socket?.close();
      socket = undefined;
    },
    logString: result,
    logBatch: lines => {
      for (const line of lines) result(line);
    },
    logStatus: statuses => {
      for (const { severity, file, line, message: text } of statuses)
        send(
          statusSeverities[severity] ?? severities.notice,
          `severity=${severity} location=${file}:${line} message=${text}`,
        );
    },
  });
}
