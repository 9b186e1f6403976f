// A worker for the watcher's tests: prints its pid and the notes it takes; argv[2] says how it behaves.
import { StatusLog } from '../../../core/src/status.ts';
import { takeLastEnd } from '../../../core/src/watchdog/last-end.ts';
import { openWorkerLink } from '../../../core/src/watchdog/worker-link.ts';

const say = (event: Record<string, unknown>): void => void process.stdout.write(`${JSON.stringify(event)}\n`);
const behaviour = process.argv[2];
const status = new StatusLog({ verbose: false, minStatus: 0, minStderr: 4, stderr: true }, () => undefined);

if (behaviour === 'catastrophe') process.exit(78);
status.drainTo(line => {
  say({ event: 'note', message: line.message });
  if (behaviour !== 'forgetful') line.onStored?.();
});
const lastEnd = takeLastEnd(process.env);
if (lastEnd !== undefined) say({ event: 'last end', ...lastEnd });
const link = openWorkerLink(status, {
  onWatcherGone: () => {
    say({ event: 'watcher gone' });
    process.exit(0);
  },
  onPressure: message => say({ event: 'pressure', message }),
  onProcesses: () => undefined,
  onExcess: (kind, message) => {
    say({ event: 'excess', message });
    link.blame({ lane: 'scheduled', name: 'bad', table: 't', figure: `of ${kind} it took most` });
  },
  onLimit: (_, message) => say({ event: 'limit', message }),
});
link.ready();
process.on('SIGTERM', () => {
  if (behaviour === 'stubborn') return;
  link.close();
  process.exit(3);
});
process.on('SIGHUP', () => say({ event: 'hup' }));
setInterval(() => undefined, 1000);
say({ event: 'started', pid: process.pid });
if (behaviour === 'spinning' && lastEnd === undefined)
  setInterval(() => {
    const until = performance.now() + 90;
    while (performance.now() < until);
  }, 1);
