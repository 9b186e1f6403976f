import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { zstdDecompressSync } from 'node:zlib';
import { hostPlugin, type LoggedStatus } from '@outpost/sdk';
import { type FilesystemLoggerOptions, filesystemLogger, plugins } from '../../../extensions/logger/src/index.ts';

let path = '';
beforeEach(() => {
  path = mkdtempSync(join(tmpdir(), 'logger-'));
});
afterEach(() => rmSync(path, { recursive: true, force: true }));

const read = (name: string): string => readFileSync(join(path, name), 'utf8');

async function start(options: Partial<FilesystemLoggerOptions> = {}) {
  const logger = filesystemLogger({ path, ...options });
  await logger.init?.('outpostd');
  return logger;
}

const status = (severity: number, message: string): LoggedStatus => ({
  severity,
  file: 'scheduler',
  line: severity === 0 ? 0 : 7,
  message,
  hostIdentifier: 'h',
  calendarTime: '',
  unixTime: new Date(2026, 10, 4, 5, 6, 7).getTime() / 1000,
});

test('results and snapshots go to their files, whose mode is set at each write', async () => {
  const logger = await start();
  assert.deepEqual(readdirSync(path), ['outpostd.results.log']);
  await logger.logString('{"a":1}');
  await logger.logBatch?.(['{"b":2}', '{"c":"é"}']);
  await logger.logSnapshot?.('{"s":1}');
  assert.equal(read('outpostd.results.log'), '{"a":1}\n{"b":2}\n{"c":"é"}\n');
  assert.equal(read('outpostd.snapshots.log'), '{"s":1}\n');
  assert.equal(statSync(join(path, 'outpostd.snapshots.log')).mode & 0o777, 0o640);
  const open = await start({ mode: 0o604 });
  await open.logString('{}');
  assert.equal(statSync(join(path, 'outpostd.results.log')).mode & 0o777, 0o604);
});

test('a file that was removed or renamed is made again', async () => {
  const logger = await start({ program: 'osqueryd' });
  await logger.logString('one');
  renameSync(join(path, 'osqueryd.results.log'), join(path, 'moved'));
  await logger.logString('two');
  rmSync(join(path, 'osqueryd.results.log'));
  await logger.logString('three');
  assert.deepEqual([read('moved'), read('osqueryd.results.log')], ['one\n', 'three\n']);
});

test('a directory that is missing, or a file that cannot be made, is an error that names the file', async () => {
  await assert.rejects(start({ path: join(path, 'missing') }), {
    message: `Could not create file: ${join(path, 'missing', 'outpostd.results.log')}`,
  });
  mkdirSync(join(path, 'x.results.log'));
  await assert.rejects(start({ program: 'x' }), { message: /^Could not create file/ });
  const logger = await start();
  rmSync(path, { recursive: true });
  await assert.rejects(async () => logger.logString('lost?'), { message: /^Could not create file/ });
  mkdirSync(path);
  await logger.logString('again');
  assert.equal(read('outpostd.results.log'), 'again\n');
});

test('a full log is moved aside, older ones are compressed, and so many are kept', async () => {
  const logger = await start({ rotation: { bytes: 10, files: 3 } });
  await Promise.all([1, 2, 3, 4, 5, 6].map(async n => logger.logString(`line number ${n}`)));
  const prefix = 'outpostd.results.log';
  assert.deepEqual(readdirSync(path).sort(), [prefix, `${prefix}.1`, `${prefix}.2.zst`, `${prefix}.3.zst`]);
  assert.equal(read(`${prefix}.1`), 'line number 5\n');
  assert.equal(zstdDecompressSync(readFileSync(join(path, `${prefix}.3.zst`))).toString(), 'line number 3\n');
  assert.throws(() => filesystemLogger({ path, rotation: { bytes: 10, files: 0 } }), RangeError);
});

test('each status file holds the lines of its severity and above, and has a link', async () => {
  const logger = await start();
  await logger.logStatus?.([status(0, 'fine'), status(1, 'odd'), status(2, 'bad')]);
  await logger.logStatus?.([status(0, 'later')]);
  const pid = String(process.pid).padStart(5);
  const lines = (name: string): string[] => read(`outpostd.${name}`).split('\n').slice(4, -1);
  const warning = `W1104 05:06:07.000000 ${pid} scheduler:7] odd`;
  const error = `E1104 05:06:07.000000 ${pid} scheduler:7] bad`;
  const info = (message: string): string => `I1104 05:06:07.000000 ${pid} scheduler] ${message}`;
  assert.deepEqual(lines('INFO'), [info('fine'), warning, error, info('later')]);
  assert.deepEqual(lines('WARNING'), [warning, error]);
  assert.deepEqual(lines('ERROR'), [error]);
  assert.match(
    readlinkSync(join(path, 'outpostd.INFO')),
    new RegExp(`^outpostd\\.INFO\\.\\d{8}-\\d{6}\\.${process.pid}$`),
  );
  assert.match(read('outpostd.INFO'), /^Log file created at: \d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d\nRunning on machine: /);
});

test('the plugin answers requests as any logger', async () => {
  const call = hostPlugin(filesystemLogger({ path }));
  await call({ init: 'outpostd' });
  assert.equal((await call({ action: 'features' })).status.code, 1);
  assert.equal((await call({ string: '{"a":1}', category: 'event' })).status.code, 0);
  rmSync(path, { recursive: true });
  const refused = await call({ string: '{"a":1}', category: 'event' });
  assert.deepEqual([refused.status.code, /^Could not create file/.test(refused.status.message)], [1, true]);
});

test('options that are a function are asked for when the logger begins, and once', async () => {
  const options: Record<string, string> = { logger_rotate: 'true', logger_rotate_size: '5', logger_path: '/nowhere' };
  const [logger] = plugins(options);
  assert.ok(logger?.kind === 'logger');
  options.logger_path = path;
  await logger.init?.('outpostd');
  options.logger_path = '/elsewhere';
  await logger.init?.('outpostd');
  for (const line of ['first', 'second']) await logger.logString(line);
  assert.deepEqual(readdirSync(path).sort(), ['outpostd.results.log', 'outpostd.results.log.1']);
});

test('without --logger_rotate a log is never moved aside', async () => {
  const [logger] = plugins({ logger_path: path, logger_rotate_size: '1' });
  assert.ok(logger?.kind === 'logger');
  for (const line of ['first', 'second']) await logger.logString(line);
  assert.deepEqual(readdirSync(path), ['outpostd.results.log']);
});
