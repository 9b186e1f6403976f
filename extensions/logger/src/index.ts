export { type FilesystemLoggerOptions, filesystemLogger, type RotationOptions } from './filesystem/logger.ts';
export { plugins } from './plugins.ts';
export { stdoutLogger } from './stdout.ts';
export { type SyslogLoggerOptions, syslogLogger } from './syslog/logger.ts';
