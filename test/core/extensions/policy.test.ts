import assert from 'node:assert/strict';
import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { PeerLimits, requestsPerPeer } from '../../../core/src/extensions/peer-limits.ts';
import { type ExtensionPolicy, readPolicy } from '../../../core/src/extensions/policy.ts';
import { Refusals } from '../../../core/src/extensions/refusals.ts';
import { Sayings } from '../config/sayings.ts';

const policyOf = (context: TestContext, text: string): ExtensionPolicy => {
  const directory = mkdtempSync(join(tmpdir(), 'policy-'));
  context.after(() => rmSync(directory, { recursive: true }));
  writeFileSync(join(directory, 'policy.json'), text);
  return readPolicy(join(directory, 'policy.json'));
};

test('without a policy extensions may do what the SDKs use, and nothing with the state of the agent', () => {
  const policy = readPolicy('');
  assert.equal(policy.refusesPlugin('any', 'table', 't'), undefined);
  assert.match(policy.refusesPlugin('any', 'database', 'd') ?? '', /no registry database/);
  for (const registry of ['table', 'config', 'logger', 'distributed'])
    assert.equal(policy.refusesCall('', registry, 'x'), undefined);
  for (const registry of ['database', 'enroll', 'sql', 'event_publisher'])
    assert.match(policy.refusesCall('', registry, 'x') ?? '', new RegExp(`no call of ${registry}/x`));
  assert.equal(policy.refusesQuery(''), undefined);
});

test('an entry binds its extension, * all others, and what it leaves out is as without a policy', context => {
  const policy = policyOf(
    context,
    `{
      // the inventory has tables, and asks nothing
      "inventory": { "registries": ["table"], "tables": ["inv_*", "a.b"], "calls": [], "query": false },
      "*": { "calls": ["config/update"], },
    }`,
  );
  assert.equal(policy.refusesPlugin('inventory', 'table', 'inv_disks'), undefined);
  assert.equal(policy.refusesPlugin('inventory', 'table', 'a.b'), undefined);
  for (const table of ['users', 'xinv_a', 'aXb', 'a.bc'])
    assert.match(policy.refusesPlugin('inventory', 'table', table) ?? '', new RegExp(`no table ${table}`));
  assert.match(policy.refusesPlugin('inventory', 'logger', 'l') ?? '', /no registry logger/);
  assert.match(policy.refusesQuery('inventory') ?? '', /no queries/);
  assert.match(policy.refusesCall('inventory', 'config', 'update') ?? '', /no call/);
  assert.equal(policy.refusesCall('other', 'config', 'update'), undefined);
  assert.match(policy.refusesCall('other', 'config', 'filesystem') ?? '', /no call/);
  assert.equal(policy.refusesPlugin('other', 'logger', 'l'), undefined);
});

test('a policy with a mistake in it is refused as a whole, with the mistake', context => {
  for (const [text, reason] of [
    ['[]', /must be an object/],
    ['{"a": 1}', /the entry a must be an object/],
    ['{"a": {"table": []}}', /unknown key table/],
    ['{"a": {"tables": "x"}}', /must be a list of texts/],
    ['{"a": {"query": "no"}}', /must be true or false/],
    ['{"a": {"program": "hello.ext"}}', /program of the entry a must be an absolute path/],
    ['{\n"a": {', /line 2 is no JSON/],
  ] as const)
    assert.throws(
      () => policyOf(context, text),
      (error: { code: string; message: string }) =>
        error.code === 'EXTENSIONS_POLICY_INVALID' && reason.test(error.message),
      text,
    );
  assert.throws(() => readPolicy('/nonexistent/policy'), { code: 'EXTENSIONS_POLICY_INVALID' });
});

test('a policy that others may write, or own, is refused with the command that mends it', context => {
  const directory = mkdtempSync(join(tmpdir(), 'policy-'));
  context.after(() => rmSync(directory, { recursive: true }));
  const path = join(directory, 'policy.json');
  writeFileSync(path, '{}');
  const uid = process.geteuid?.() ?? 0;
  chmodSync(path, 0o646);
  const refused = (message: RegExp, read: () => unknown): void =>
    assert.throws(read, { code: 'EXTENSIONS_POLICY_INVALID', message });
  refused(/everybody may write it \(repair: chmod o-w '.*policy\.json'\)/, () => readPolicy(path));
  readPolicy(path, { allowUnsafe: true });
  chmodSync(path, 0o600);
  readPolicy(path);
  if (uid !== 0) return;
  chownSync(path, 4321, 0);
  refused(/its owner is the user 4321 \(repair: chown 0 /, () => readPolicy(path));
  refused(/it is not a regular file/, () => readPolicy(directory));
});

test('a refusal is said once and counted from then on', () => {
  const status = new Sayings();
  const refusals = new Refusals(status);
  const peer = { pid: 7, uid: 0, gid: 0 };
  for (let i = 0; i < 3; i++) refusals.note('inventory', peer, 'call', 'database/put', 'no');
  refusals.note('', undefined, 'query', '', 'no');
  assert.deepEqual(status.lines, [
    'W The extension inventory was refused to call database/put: no',
    'W The process of unknown number was refused to query: no',
  ]);
  const [first, second] = refusals.rows();
  assert.deepEqual([first?.count, first?.pid, second?.count, second?.pid], [3, 7, 1, undefined]);
  for (let i = 0; i < 600; i++) refusals.note(`e${i}`, peer, 'query', '', 'no');
  assert.equal(refusals.rows().length, 500);
});

test('one process has so many requests in work at the most, and each place comes back', () => {
  const limits = new PeerLimits();
  const peer = { pid: 7, uid: 0, gid: 0 };
  const places = Array.from({ length: requestsPerPeer }, () => limits.enter(peer));
  assert.equal(limits.enter(peer), undefined);
  assert.notEqual(limits.enter({ ...peer, pid: 8 }), undefined);
  assert.notEqual(limits.enter(undefined), undefined);
  places[0]?.();
  assert.notEqual(limits.enter(peer), undefined);
});
