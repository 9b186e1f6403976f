import assert from 'node:assert/strict';
import { hostname } from 'node:os';
import { test } from 'node:test';
import { HostIdentifier, machineShard } from '../../../core/src/daemon/host-identifier.ts';

const store = () => {
  const values = new Map<string, string>();
  return { get: (key: string) => values.get(key), set: (key: string, value: string) => void values.set(key, value) };
};

test('each kind of identifier is what its name says', () => {
  const kept = store();
  const identifier = new HostIdentifier(kept);
  assert.equal(identifier.get('hostname', ''), hostname());
  assert.equal(identifier.get('nonsense', ''), hostname());
  assert.equal(identifier.get('specified', 'web-1'), 'web-1');
  assert.equal(identifier.get('specified', ''), hostname());
  assert.equal(identifier.get('ephemeral', ''), identifier.get('ephemeral', ''));
  assert.equal(identifier.get('instance', ''), kept.get('instance_uuid_v1'));
  assert.equal(identifier.get('uuid', ''), kept.get('host_uuid_v3'));
});

test('stored identifiers outlive the process, ephemeral ones do not', () => {
  const kept = store();
  const [first, second] = [new HostIdentifier(kept), new HostIdentifier(kept)];
  assert.equal(first.get('instance', ''), second.get('instance', ''));
  assert.equal(first.get('uuid', ''), second.get('uuid', ''));
  assert.notEqual(first.get('ephemeral', ''), second.get('ephemeral', ''));
});

test('a shard lies between 0 and 100', () => {
  for (let i = 0; i < 300; i++) {
    const shard = machineShard(`host-${i}`);
    assert.ok(Number.isInteger(shard) && shard >= 0 && shard <= 100);
  }
});
