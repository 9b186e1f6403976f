// Takes the pid file argv[2], says how that went, and lives until its stdin ends.
import { OutpostError } from '@outpost/protocol';
import { takePidfile } from '../../../core/src/watchdog/pidfile.ts';

try {
  takePidfile(process.argv[2] ?? '');
  process.stdout.write('taken');
} catch (error) {
  process.stdout.write(error instanceof OutpostError ? error.code : String(error));
}
process.stdin.resume();
