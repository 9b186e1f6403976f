import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type TestContext, test } from 'node:test';
import { syslogLogger } from '../../../extensions/logger/src/index.ts';
import { facilityOf, message, severities } from '../../../extensions/logger/src/syslog/format.ts';
import { hostPlugin } from '../../../extensions/sdk/src/index.ts';

const python = spawnSync('python3', ['--version']).status === 0;
const needsPython = { skip: python ? false : 'python3 is not there to receive datagrams' };

/** A syslog daemon: prints each datagram it gets as a JSON text. */
const receiver = `
import json, os, socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
print('"ready"', flush=True)
while True:
    print(json.dumps(s.recv(1 << 20).decode()), flush=True)
`;

const folder = (context: TestContext): string => {
  const path = mkdtempSync(join(tmpdir(), 'syslog-'));
  context.after(() => rmSync(path, { recursive: true }));
  return join(path, 'log');
};

const listen = async (context: TestContext, path: string) => {
  const daemon = spawn('python3', ['-c', receiver, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  context.after(() => daemon.kill('SIGKILL'));
  const lines = createInterface({ input: daemon.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<string> => JSON.parse((await lines.next()).value as string) as string;
  assert.equal(await next(), 'ready');
  return { next, daemon };
};

test('a message is that of syslog(3)', () => {
  const head = { facility: 19, tag: 'outpostd', pid: 7 };
  assert.equal(
    message(head, severities.info, 'hello', new Date(2026, 0, 2, 3, 4, 5)),
    '<158>Jan  2 03:04:05 outpostd[7]: hello',
  );
  assert.deepEqual([0, 23, 24, -1, 1.5].map(facilityOf), [0, 23, 19, 19, 19]);
});

test('lines and statuses reach the daemon with their severities', needsPython, async context => {
  const path = folder(context);
  const { next } = await listen(context, path);
  const logger = hostPlugin(syslogLogger(() => ({ path, facility: 3, cee: true })));
  await logger({ init: 'osqueryd' });
  await logger({ string: '{"a":1}', category: 'event' });
  const tag = String.raw`[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d osqueryd\[${process.pid}\]: `;
  assert.match(await next(), new RegExp(`^<30>${tag}@cee:{"a":1}$`));
  const status = { s: 1, f: 'x.ts', i: 7, m: 'careful', h: 'host', c: 'now', u: 1 };
  await logger({ status: 'true', log: JSON.stringify([status, { ...status, s: 0 }]) });
  assert.match(await next(), new RegExp(`^<28>${tag}severity=1 location=x.ts:7 message=careful$`));
  assert.match(await next(), /^<29>/);
});

test('a line that is too long for a datagram is cut, and holds back no other', needsPython, async context => {
  const path = folder(context);
  const { next } = await listen(context, path);
  const logger = hostPlugin(syslogLogger(() => ({ path, facility: 19, cee: false })));
  await logger({ init: 'outpostd' });
  const { status } = await logger({ string: 'x'.repeat(1 << 20), category: 'event' });
  assert.equal(status.code, 0, status.message);
  assert.match(await next(), /: x{16384}… \(1048576 characters, cut: too long for a datagram\)$/);
  await logger({ string: 'after', category: 'event' });
  assert.match(await next(), /: after$/);
});

test('a line is not delivered while the daemon is away, and is once it is back', needsPython, async context => {
  const path = folder(context);
  const logger = hostPlugin(syslogLogger(() => ({ path, facility: 19, cee: false })));
  await logger({ init: 'outpostd' });
  const line = { string: 'x', category: 'event' };
  const { status } = await logger(line);
  assert.equal(status.code, 1);
  assert.match(status.message, /Cannot send to .*log: ENOENT/);
  const first = await listen(context, path);
  assert.equal((await logger(line)).status.code, 0);
  await first.next();
  first.daemon.kill('SIGKILL');
  await new Promise(resolve => first.daemon.once('exit', resolve));
  assert.equal((await logger(line)).status.code, 1);
  rmSync(path);
  const second = await listen(context, path);
  assert.equal((await logger(line)).status.code, 0);
  assert.match(await second.next(), /: x$/);
});
