import { test } from 'node:test';
import { killAnything } from '../reliability/random-kills.ts';
import { Sandbox } from './harness.ts';

test('whatever process is killed, the main job stands again and its log is whole', {
  timeout: 90_000,
}, async context => {
  const { killed, lines, repeated } = await killAnything(Sandbox.for(context), 3, 1);
  context.diagnostic(`${JSON.stringify(killed)}, ${lines} lines, ${repeated} repeated`);
});
