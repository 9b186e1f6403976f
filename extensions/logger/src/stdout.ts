import { defineLogger, type LoggerDefinition } from '@outpost/sdk';

const toStdout = (text: string): Promise<void> =>
  new Promise((resolve, reject) => process.stdout.write(text, error => (error ? reject(error) : resolve())));

/** The logger `stdout`: each line on standard output, as osquery's does. */
export function stdoutLogger(write: (text: string) => Promise<void> = toStdout): LoggerDefinition {
  return defineLogger({
    name: 'stdout',
    description: 'Writes all log lines to standard output.',
    logString: line => write(`${line}\n`),
    logBatch: lines => write(lines.map(line => `${line}\n`).join('')),
    logStatus: statuses =>
      write(
        statuses
          .map(
            ({ severity, file, line, message }) => `severity=${severity} location=${file}:${line} message=${message}\n`,
          )
          .join(''),
      ),
  });
}
