import assert from 'node:assert/strict';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { decodeFrame, encodeCall, encodeFrame, type Frame, frameJson } from '@outpost/protocol';
import fc from 'fast-check';
import { comparable, differences } from '../../../../core/src/toolbox/ext/frames/conversation.ts';
import { readRecording } from '../../../../core/src/toolbox/ext/frames/recording.ts';
import { Redactor } from '../../../../core/src/toolbox/ext/frames/redact.ts';
import { repositoryFile, Sandbox, until } from '../../../integration/harness.ts';
import { wholeFrames } from '../../../protocol/frames.ts';
import { authorsDirectory, ext } from './kit.ts';

const hello = repositoryFile('examples', 'hello-table', 'hello.ts');

test('a conversation is recorded, replayed, and what differs is told', context => {
  const author = authorsDirectory(context);
  const file = join(author, 'hello.jsonl');
  const sql = "select * from hello where name in ('a', 'b')";
  assert.equal(ext(author, 'run', hello, '--record', file, '--query', sql).status, 0);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  const { header, frames } = readRecording(file);
  assert.deepEqual(header.command.at(-1), hello);
  assert.deepEqual(
    frames.map(({ n }) => n),
    frames.map((_, index) => index),
  );
  for (const { hex, decoded } of frames)
    assert.deepEqual(JSON.parse(JSON.stringify(frameJson(decodeFrame(Buffer.from(hex, 'hex'))))), decoded);
  const same = ext(author, 'replay', file);
  assert.deepEqual([same.status, same.stderr], [0, '']);
  assert.match(same.stdout, /ok {5}the registration\n[\s\S]*hello\n[\s\S]*calls replayed; nothing differs\.\n$/);
  const changed = join(author, 'hello.ts');
  writeFileSync(changed, readFileSync(hello, 'utf8').replace('Hello, ', 'Hallo, '));
  const other = ext(author, 'replay', file, changed);
  assert.equal(other.status, 1);
  assert.match(other.stdout, /DIFFERS {2}#\d+ .*hello\n[\s\S]*lacks .*Hello, a![\s\S]*has .*Hallo, a!.* too much/);
  assert.equal(ext(author, 'replay', '--ignore', 'greeting', file, changed).status, 0);
  writeFileSync(changed, readFileSync(hello, 'utf8').replace("name: 'hello' }", "name: 'hallo' }"));
  assert.match(
    ext(author, 'replay', file, changed).stdout,
    /DIFFERS {2}the registration\n +info\.name is "hallo", and was "hello"/,
  );
});

test('an extension of version 1 is recorded beside a running agent', { timeout: 110_000 }, async context => {
  const sandbox = Sandbox.for(context);
  sandbox.write('outpost.conf', {});
  sandbox.daemon();
  await until('the agent', async () => (await sandbox.ask('select 1 as n')).length === 1);
  const file = sandbox.path('faulty.jsonl');
  const faulty = repositoryFile('test', 'conformance', 'faulty-extension.ts');
  const recorder = sandbox.run('core/bin/outpost.mjs', [
    ...['ext', 'record', '--socket', sandbox.socket, '--output', file, process.execPath, faulty, 'none'],
  ]);
  const rows = await until('the table', () => sandbox.ask("select x, n from t where x = 'a'"));
  assert.deepEqual(rows, [{ x: 'a', n: '1' }]);
  recorder.process.kill('SIGTERM');
  await recorder.ended;
  assert.match(recorder.stderr, /faulty\.jsonl has \d+ messages\./);
  const { frames } = readRecording(file);
  const asked = frames.find(({ method, kind }) => method === 'call' && kind === 'call');
  assert.match(JSON.stringify(asked?.decoded), /"2:item:string":"t".*generate/);
  const { status, stdout } = ext(sandbox.directory, 'replay', file);
  assert.equal(status, 0, stdout);
  assert.match(stdout, /ok {5}#\d+ call table\/t generate\n/);
});

test('what is no recording, an agent that is not there and a file that cannot be written are told', context => {
  const author = authorsDirectory(context);
  writeFileSync(join(author, 'text'), 'text\n');
  for (const [words, told] of [
    [['replay', 'nowhere.jsonl'], /nowhere\.jsonl is no recording, in line 0: ENOENT/],
    [['replay', 'text'], /text is no recording, in line 1/],
    [['replay'], /missing required argument 'recording'/],
    [['record', hello], /required option '--output <file>'/],
    [['record', '--output', 'x', '--socket', '/nowhere/em', hello], /Extension socket not available: \/nowhere\/em/],
    [['run', hello, '--record', '/nowhere/x', '--query', 'select 1'], /The recording \/nowhere\/x cannot be written/],
  ] as const) {
    const { status, stderr } = ext(author, ...words);
    assert.equal(status, 1, stderr);
    assert.match(stderr, told);
  }
});

test('a secret is in no part of a recorded message, and what is none stays', () => {
  const secret = 'hunter2-Ω-"quoted"';
  const frameOf = (registry: string, item: string, request: Record<string, string>): Frame =>
    decodeFrame(encodeCall(registry, item, request));
  const redactor = new Redactor(['password', 'token']);
  const routes = [
    { id: 'column', name: 'user', type: 'TEXT', op: '0' },
    { id: 'column', name: 'api_token', type: 'TEXT', op: '0' },
  ];
  const registration = wholeFrames.find(({ method, kind }) => method === 'registerExtension' && kind === 'call');
  assert.ok(registration);
  const { body } = decodeFrame(Buffer.from(registration.hex, 'hex'));
  const text = (value: string) => ({ type: 11, bytes: Buffer.from(value) }) as const;
  const map = (entries: readonly (readonly [string, ReturnType<typeof text> | object])[]) => ({
    type: 13,
    keyType: 11,
    valueType: 11,
    entries: entries.map(([key, value]) => [text(key), value]),
  });
  const list = {
    type: 15,
    entryType: 13,
    entries: routes.map(row => map(Object.entries(row).map(([k, v]) => [k, text(v)]))),
  };
  const registry = map([['table', map([['users', list]])]]);
  const fields = body.fields.map(([id, value]) => [id, id === 2 ? registry : value]);
  redactor.learn({
    method: 'registerExtension',
    kind: 'call',
    seqid: 0,
    strict: true,
    body: { ...body, fields },
  } as unknown as Frame);
  const constraints = [
    { name: 'password', list: [{ op: 2, expr: secret }], affinity: 'TEXT' },
    { name: 'user', list: [{ op: 2, expr: 'kept' }], affinity: 'TEXT' },
  ];
  for (const frame of [
    frameOf('table', 'users', { action: 'generate', context: JSON.stringify({ constraints }) }),
    frameOf('table', 'users', { action: 'insert', json_value_array: JSON.stringify(['kept', secret]) }),
    frameOf('logger', 'l', { string: JSON.stringify({ columns: { user: 'kept', PASSWORD: secret } }) }),
    frameOf('config', 'c', { action: 'update', data: JSON.stringify({ options: { tls_token: secret, kept: 1 } }) }),
    frameOf('x', 'y', { Access_Token: secret, other: 'kept' }),
  ]) {
    assert.ok(encodeFrame(frame).toString().includes('hunter2'));
    const redacted = redactor.redact(frame);
    assert.doesNotMatch(encodeFrame(redacted).toString(), /hunter2/);
    assert.match(encodeFrame(redacted).toString(), /\(redacted\)/);
    assert.match(encodeFrame(redacted).toString(), /kept/);
    assert.deepEqual(new Redactor([]).redact(frame), frame);
  }
});

test('messages that a redaction went over are messages still', () => {
  const redactor = new Redactor(['e', 'name']);
  for (const { hex } of wholeFrames) {
    const frame = decodeFrame(Buffer.from(hex, 'hex'));
    redactor.learn(frame);
    const redacted = redactor.redact(frame);
    assert.deepEqual(decodeFrame(encodeFrame(redacted)), redacted);
  }
});

test('two answers differ in what is not the same in both, whatever their order', () => {
  const row = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.string(), { maxKeys: 3 });
  const none: ReadonlySet<string> = new Set();
  fc.assert(
    fc.property(fc.array(row, { maxLength: 6 }), fc.array(row, { maxLength: 3 }), (rows, more) => {
      const [was, is] = [rows, [...more, ...rows].reverse()].map(value =>
        comparable({ '2:response:list': value }, none),
      );
      assert.equal(differences(was, is).length, more.length);
      assert.deepEqual(differences(was, was), []);
    }),
  );
});
