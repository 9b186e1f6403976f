import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseArguments } from '../../../../extensions/sdk/src/serve/arguments.ts';

const parse = (line: string) =>
  parseArguments(
    'demo',
    line.split(' ').filter(word => word !== ''),
  );

test('flags are read as osquery passes them', () => {
  assert.deepEqual(parse('--verbose --socket /s --timeout 5 --interval 7'), {
    socket: '/s',
    timeoutMs: 5000,
    intervalMs: 7000,
    verbose: true,
  });
  assert.deepEqual(parse('--socket=/s'), { socket: '/s', timeoutMs: 3000, intervalMs: 3000, verbose: false });
});

test('long names, one dash, values in place and the words of truth', () => {
  const long = '-extensions_socket=/a=b -extensions_timeout 0.5 --extensions_interval=0 --verbose=false';
  assert.deepEqual(parse(long), { socket: '/a=b', timeoutMs: 500, intervalMs: 200, verbose: false });
  assert.equal(parse('--socket /s --verbose=yes').verbose, true);
  assert.equal(parse('--socket /s --verbose --noverbose').verbose, false);
});

test('the last of a flag counts', () => {
  assert.equal(parse('--socket /a --socket /b').socket, '/b');
});

test('all faults are named', () => {
  const faults = (line: string, message: RegExp) =>
    assert.throws(() => parse(line), { code: 'EXTENSION_ARGUMENTS_INVALID', message });
  faults('', /^The extension demo cannot start: --socket is missing\.$/);
  faults('--socket', /--socket has no value\./);
  faults('--socket=', /--socket is missing/);
  faults(
    '--sokcet /s --timeout soon extra',
    /not know --sokcet; it does not know \/s; it does not know extra; --timeout must be a number of seconds, not "soon"/,
  );
  faults('--socket /s --verbose=maybe', /does not know --verbose=maybe/);
  faults('--socket /s --noverbose=1', /does not know --noverbose=1/);
});
