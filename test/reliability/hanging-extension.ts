// An extension that starts a process and then hangs, so that it serves nobody and answers no ping.
import { spawn } from 'node:child_process';
import { defineTable, integer, serve } from '@outpost/sdk';

const hangs = defineTable({
  name: 'fault_extension',
  description: 'Starts a process and spins',
  columns: { n: integer('Never given') },
  generate: () => {
    spawn('sleep', ['1000'], { stdio: 'ignore' });
    for (;;);
  },
});

await serve([hangs], { name: 'hanging' });
