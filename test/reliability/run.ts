// `npm run reliability [SEED]`: the long forms of the tests that kill processes, some minutes. A failure names the seed that brings it again.
import { Sandbox } from '../integration/harness.ts';
import { canMount, endure } from './adverse.ts';
import { setClock } from './clock-jumps.ts';
import { gather } from './crowd.ts';
import { killExtension } from './extension-kills.ts';
import { bear, faults } from './faults.ts';
import { bombardSockets } from './frames.ts';
import { leaveLogger } from './logger-down.ts';
import { killAnything } from './random-kills.ts';
import { compareQueries } from './random-queries.ts';
import { hangExtension, killWatcher, restart, suspend } from './upheavals.ts';
import { killWorkers } from './worker-kills.ts';

const seed = Number(process.argv[2] ?? Date.now() % 1_000_000);

const attempt = async (name: string, work: (sandbox: Sandbox) => Promise<object>): Promise<void> => {
  const sandbox = new Sandbox();
  const began = performance.now();
  try {
    const counts = JSON.stringify(await work(sandbox));
    console.log(`${name}: passed in ${((performance.now() - began) / 1000).toFixed(0)} s: ${counts}`);
  } catch (error) {
    process.exitCode = 1;
    console.error(`${name}: failed with seed ${seed}: ${(error as Error).stack}`);
  } finally {
    await sandbox.end();
  }
};

await attempt('300 deaths of the worker', async sandbox => {
  const { rows, lines, repeated } = await killWorkers(sandbox, 300, seed);
  return { rows: rows.length, lines, repeated };
});
await attempt('30 deaths of any process', async sandbox => {
  const { rows, lines, repeated, killed } = await killAnything(sandbox, 30, seed);
  return { rows: rows.length, lines, repeated, killed };
});
if (canMount()) await attempt('10 rounds of full and read-only disks', sandbox => endure(sandbox, 10, seed));
else console.log('rounds of full and read-only disks: left out, since this user may not mount file systems');
await attempt('50 jumps of the clock', async sandbox => {
  const { lines, repeated, said } = await setClock(sandbox, 50, seed);
  return { lines, repeated, said };
});
await attempt('a logger away for 3 minutes, three times', async sandbox => {
  const { lines, repeated, said, back } = await leaveLogger(sandbox, { rounds: 3, awaySeconds: 180, seed });
  return { lines, repeated, said, back };
});
await attempt('1,000,000 mutated frames each', sandbox => bombardSockets(sandbox, 1_000_000, seed));
await attempt('200 deaths of an extension', sandbox => killExtension(sandbox, 200, seed));
await attempt('64 peers for 60 s', sandbox => gather(sandbox, { extensions: 100, peers: 64, seconds: 60, seed }));
for (const [name, fault] of Object.entries(faults)) await attempt(name, sandbox => bear(sandbox, fault));
await attempt('an extension that forks and hangs', hangExtension);
await attempt('100 restarts', sandbox => restart(sandbox, 100));
await attempt('a watcher that is killed', async sandbox => {
  await killWatcher(sandbox);
  return {};
});
await attempt('a machine that sleeps for 30 s', async sandbox => {
  await suspend(sandbox, 30);
  return {};
});
await attempt('100,000 random queries', () => compareQueries(seed, 100_000));
