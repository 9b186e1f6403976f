import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Peer } from '@outpost/protocol';
import { ExtensionPolicy } from '../../../core/src/extensions/policy.ts';
import type { SupervisedProcess } from '../../../core/src/extensions/supervised-process.ts';
import { SupervisedProcesses } from '../../../core/src/extensions/supervised-processes.ts';
import { Bench, silentLog } from './fakes.ts';

const uid = process.geteuid?.() ?? 0;
/** A process that is there, and two that no system has. */
const [living, other, third] = [process.pid, 2 ** 22 + 1, 2 ** 22 + 2].map(pid => ({ pid, uid, gid: 0 }));
const peers = { living, other, third } as Readonly<Record<'living' | 'other' | 'third', NonNullable<Peer>>>;

const supervised = (path: string, { pid }: NonNullable<Peer>): SupervisedProcess => ({
  name: path.slice(1),
  path,
  pid,
  since: 0,
  end: '',
});

const processesOf = (...all: SupervisedProcess[]): SupervisedProcesses => {
  const processes = new SupervisedProcesses(silentLog().status);
  processes.update(all);
  return processes;
};

test('an extension is deregistered by the process that registered it, and by no other while that one lives', async () => {
  let peer: Peer = peers.living;
  await using bench = await new Bench().start({ peerOf: () => peer });
  const { uuid } = await bench.register('example');
  peer = peers.other;
  const { code, message } = await bench.ask(client => client.deregisterExtension(uuid));
  assert.deepEqual([code, message], [1, 'Only the process that registered an extension may deregister it']);
  const [refusal] = bench.manager.refusals.rows();
  assert.deepEqual([refusal?.action, refusal?.target, refusal?.pid], ['deregister', 'example', peers.other.pid]);
  assert.equal((await bench.ask(client => client.extensions())).size, 1);
  peer = { ...peers.living };
  assert.equal((await bench.ask(client => client.deregisterExtension(uuid))).code, 0);

  peer = peers.other;
  const ended = await bench.register('ended');
  peer = peers.living;
  assert.equal((await bench.ask(client => client.deregisterExtension(ended.uuid))).code, 0);
});

test('a name belongs to the program that registered under it first, as long as the agent keeps it running', async () => {
  let peer: Peer = peers.living;
  const processes = processesOf(supervised('/one', peers.living), supervised('/two', peers.other));
  await using bench = await new Bench().start({ peerOf: () => peer, processes });
  const { uuid } = await bench.register('example');
  assert.equal((await bench.ask(client => client.deregisterExtension(uuid))).code, 0);
  for (const stranger of [peers.other, peers.third]) {
    peer = stranger;
    const { code, message } = await bench.register('example');
    assert.deepEqual([code, message], [1, 'the name example belongs to the program /one']);
  }
  processes.update([supervised('/two', peers.other)]);
  assert.equal((await bench.register('example')).code, 0);
});

test('a name belongs to the program of the policy, else to that of the manifest', async () => {
  let peer: Peer = peers.living;
  const rights = new ExtensionPolicy().of('');
  const policy = new ExtensionPolicy(new Map([['bound', { ...rights, program: '/two' }]]));
  const processes = processesOf(supervised('/one', peers.living), supervised('/two', peers.other));
  const announced = (name: string): string | undefined =>
    ({ bound: '/one', announced: '/two' })[name as 'bound' | 'announced'];
  await using bench = await new Bench().start({ peerOf: () => peer, policy, processes, announced });
  for (const name of ['bound', 'announced'])
    assert.equal((await bench.register(name)).message, `the name ${name} belongs to the program /two`);
  assert.equal((await bench.register('free')).code, 0);
  peer = peers.other;
  for (const name of ['bound', 'announced']) assert.equal((await bench.register(name)).code, 0);
});

test('what a process of an extension asks is asked by the extension', async () => {
  let peer: Peer = peers.living;
  const rights = new ExtensionPolicy().of('');
  const policy = new ExtensionPolicy(new Map([['silent', { ...rights, query: false }]]));
  const parent = { pid: process.ppid, uid, gid: 0 };
  await using bench = await new Bench().start({ peerOf: () => peer, policy });
  peer = parent;
  assert.equal((await bench.register('silent')).code, 0);
  for (const [asker, code] of [
    [{ ...peers.living }, 1],
    [{ ...parent }, 1],
    [peers.other, 0],
  ] as const) {
    peer = asker;
    assert.equal((await bench.ask(client => client.query('select 1'))).status.code, code);
  }
});

test('a process that registers before its supervisor has told of it is waited for', async () => {
  let peer: Peer = peers.other;
  const processes = processesOf(supervised('/one', peers.other));
  await using bench = await new Bench().start({ peerOf: () => peer, processes });
  assert.equal((await bench.register('example')).code, 0);
  peer = peers.living;
  const registering = bench.register('example');
  await bench.ask(client => client.ping()); // by now the manager has the registration
  processes.update([supervised('/one', peers.living)]);
  assert.equal((await registering).code, 0);
});
