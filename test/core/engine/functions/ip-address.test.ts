import assert from 'node:assert/strict';
import { isIPv4, isIPv6 } from 'node:net';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { bytesOf, parseIp, parseIpv4, parseIpv6 } from '../../../../core/src/engine/functions/ip-address.ts';

const almost = fc.string({ unit: fc.constantFrom(...'0123456789abf:.::'), maxLength: 24 });
const almostV6 = fc
  .array(fc.oneof(fc.constantFrom('', '0', '1', 'ffff', '00', '12345', '1.2.3.4', '256.1.1.1', 'g')), { maxLength: 10 })
  .map(parts => parts.join(':'));

suite('IP addresses', () => {
  test('are read as node:net knows them', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6(), almost, almostV6), text => {
        assert.equal(parseIpv4(text) !== undefined, isIPv4(text), text);
        assert.equal(parseIpv6(text) !== undefined, isIPv6(text), text);
        assert.deepEqual(parseIp(text), parseIpv4(text) ?? parseIpv6(text));
      }),
      { numRuns: 5000 },
    );
  });

  test('have their bytes in network order', () => {
    const bytes = (text: string): string | undefined => {
      const address = parseIp(text);
      return address && bytesOf(address).toString('hex');
    };
    assert.equal(bytes('1.2.3.254'), '010203fe');
    assert.equal(bytes('0.0.0.1'), '00000001');
    assert.equal(bytes('::1'), `${'0'.repeat(31)}1`);
    assert.equal(bytes('2001:db8::a:0:0:1'), '20010db800000000000a000000000001');
    assert.equal(bytes('::ffff:1.2.3.4'), `${'0'.repeat(20)}ffff01020304`);
    assert.equal(bytes('fe80::1%eth0'), `fe80${'0'.repeat(27)}1`);
  });
});
