export { type FilesystemLoggerOptions, filesystemLogger, type RotationOptions } from './filesystem/logger.ts';
export { stdoutLogger } from './stdout.ts';
export { plugins } from './plugins.ts';
