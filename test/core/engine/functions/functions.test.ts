import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { newRun, openFunctions, quoted } from './harness.ts';

const text = fc.string({ unit: 'binary', maxLength: 40 }).map(sample => sample.replaceAll('\0', ''));
const bytes = fc.uint8Array({ maxLength: 60 }).map(sample => Buffer.from(sample));

suite('text', () => {
  test('concat and concat_ws join what is not NULL', context => {
    const { value } = openFunctions(context);
    const values = fc.array(fc.option(text), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(values, parts => {
        const list = parts.map(part => (part === null ? 'null' : quoted(part))).join(', ');
        const there = parts.filter(part => part !== null);
        assert.equal(value(`concat(${list})`), there.join(''));
        const separated = there.join(', ') + (there.length > 0 && parts.at(-1) === null ? ', ' : '');
        assert.equal(value(`concat_ws(', ', ${list})`), separated);
      }),
    );
  });

  test('split gives the tokens that are not empty, trimmed', context => {
    const { value } = openFunctions(context);
    const sample = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '\t', ',', ';'), maxLength: 15 });
    fc.assert(
      fc.property(sample, joined => {
        const tokens = joined.split(/[,;]/).filter(token => token !== '');
        tokens.forEach((token, index) => {
          assert.equal(value(`split(${quoted(joined)}, ',;', ${index})`), token.trim());
        });
        assert.equal(value(`split(${quoted(joined)}, ',;', ${tokens.length})`), null);
        assert.equal(value(`split(${quoted(joined)}, ',;', -1)`), null);
      }),
    );
  });

  test('digests are those of the bytes before the first NUL', context => {
    const { value } = openFunctions(context);
    fc.assert(
      fc.property(bytes, sample => {
        const literal = `x'${sample.toString('hex')}'`;
        const nul = sample.indexOf(0);
        const hashed = nul < 0 ? sample : sample.subarray(0, nul);
        for (const name of ['md5', 'sha1', 'sha256'])
          assert.equal(value(`${name}(cast(${literal} as text))`), hash(name, hashed, 'hex'));
      }),
    );
  });

  test('base64 goes there and back, whatever the bytes', context => {
    const { value } = openFunctions(context);
    fc.assert(
      fc.property(bytes, sample => {
        const literal = `cast(x'${sample.toString('hex')}' as text)`;
        const encoded = sample.toString('base64');
        assert.equal(value(`to_base64(${literal})`), encoded);
        assert.equal(value(`hex(from_base64(${quoted(encoded)}))`), sample.toString('hex').toUpperCase());
        const plain = sample.every(byte => byte > 0x1f && byte < 0x7f);
        assert.equal(value(`conditional_to_base64(${literal})`), plain ? sample.toString('latin1') : encoded);
      }),
    );
  });

  test('base64 may come in lines and without padding, and nothing else', context => {
    const { value } = openFunctions(context);
    assert.equal(value("from_base64('YWJj' || char(13, 10) || 'ZGU' || char(10))"), 'abcde');
    assert.equal(value("from_base64('YWJj ZGU')"), '');
    assert.equal(value("from_base64('-_-_')"), '');
  });
});

suite('addresses', () => {
  test('an address is in its own block, and none in another family’s', context => {
    const { value, fault } = openFunctions(context);
    fc.assert(
      fc.property(fc.ipV4(), fc.integer({ min: 0, max: 30 }), (address, prefix) => {
        const octets = address.split('.').map(Number);
        const host = octets.reduce((total, octet) => total * 256 + octet, 0) % 2 ** (32 - prefix);
        const expected = host > 0 && host < 2 ** (32 - prefix) - 1 ? 1 : 0;
        assert.equal(value(`in_cidr_block('${address}/${prefix}', '${address}')`), expected);
        assert.equal(value(`in_cidr_block('${address}/32', '${address}')`), 1);
        assert.equal(
          value(`inet_aton('${address}')`),
          octets.reduce((total, octet) => total * 256 + octet, 0),
        );
      }),
    );
    assert.equal(fault("select in_cidr_block('10.0.0.0/8', '::1')").message, 'CIDR for IP address v6 cannot be parsed');
  });

  test('a flow has one id, whichever way it is told', context => {
    const { value } = openFunctions(context);
    const port = fc.integer({ min: 0, max: 65535 });
    const address = fc.oneof(fc.ipV4(), fc.ipV6());
    fc.assert(
      fc.property(address, address, port, port, (source, destination, from, to) => {
        const there = value(`community_id_v1_strict('${source}', '${destination}', ${from}, ${to}, 6)`);
        assert.match(String(there), /^1:[A-Za-z0-9+/]{27}=$/);
        assert.equal(value(`community_id_v1('${destination}', '${source}', ${to}, ${from}, 6, 0)`), there);
      }),
    );
  });
});

suite('warnings', () => {
  const flows = "select community_id_v1('x', '1.2.3.4', 1, 2, 6) from (values (1), (2), (3))";

  test('are given once a query, however many rows cause them', context => {
    const connection = openFunctions(context);
    const warning = 'community_id_v1: Community ID saddr cannot be parsed as IP';
    assert.deepEqual(connection.query(flows).flat(), [null, null, null]);
    connection.query(flows);
    assert.deepEqual(connection.warnings, [warning]);
    connection.run = newRun();
    connection.query(flows);
    assert.deepEqual(connection.warnings, [warning, warning]);
  });

  test('carve says that it is off, and how many files it leaves', context => {
    const { query, warnings } = openFunctions(context);
    assert.deepEqual(query("select carve(column1) from (values ('/a'), (null), ('/b'))"), [['Carve Failed:']]);
    assert.deepEqual(query('select carve(null)'), [['Carve Failed:']]);
    assert.deepEqual(warnings, [
      'carve: Carving is off: 2 files were asked for, and none is collected.',
      'carve: Carving is off: 0 files were asked for, and none is collected.',
    ]);
  });
});
