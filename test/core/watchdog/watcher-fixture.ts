// A watcher in a process of its own, for the tests that kill it. argv: how the worker behaves.
import { fileURLToPath } from 'node:url';
import { Watcher } from '../../../core/src/watchdog/watcher.ts';

const watcher = new Watcher({
  program: {
    command: process.execPath,
    args: [fileURLToPath(new URL('./worker-fixture.ts', import.meta.url)), process.argv[2] ?? ''],
  },
  maxDelaySeconds: Number(process.argv[3] ?? 0),
  stopSeconds: 0.3,
  limits: { memoryBytes: 1 << 30, cpuPercent: 10, latencySeconds: 3 },
  forcedStopSeconds: 0.3,
  print: note => process.stdout.write(`${JSON.stringify({ event: 'printed', message: note.message })}\n`),
});
process.on('SIGTERM', () => watcher.stop());
process.on('SIGHUP', () => watcher.signal('SIGHUP'));
process.on('SIGUSR2', () => {
  for (let number = 1; number <= 5_000; number++) watcher.note(0, 'test', `${number} ${'x'.repeat(1000)}`);
  process.stdout.write(`${JSON.stringify({ event: 'noted' })}\n`);
});
process.exitCode = await watcher.run();
