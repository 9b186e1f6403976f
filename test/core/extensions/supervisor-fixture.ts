// A watcher in small: supervises the program it is given until it is killed, and prints the events.
import { programOf } from '../../../core/src/extensions/program.ts';
import { Supervisor } from '../../../core/src/extensions/supervisor.ts';

const [path = ''] = process.argv.slice(2);
new Supervisor([programOf(path)], {
  socket: '/tmp/none',
  timeoutSeconds: 3,
  intervalSeconds: 3,
  verbose: false,
  onLine: (_extension, _stream, line) => console.log(JSON.stringify({ line })),
  onEvent: event => console.log(JSON.stringify(event)),
}).start();
