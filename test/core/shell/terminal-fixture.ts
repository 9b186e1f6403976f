/** The shell at a terminal, on an engine without the agent: `endless` runs until it is stopped. Arguments are those of the shell. */
import { DescriptorSink } from '../../../core/src/shell/output.ts';
import { runShell } from '../../../core/src/shell/run-shell.ts';
import { EngineSource, type ShellEngine } from '../../../core/src/shell/source/local.ts';
import { fakeEngine } from './fake-engine.ts';

const engineWithEndless = (engine: ShellEngine): ShellEngine => ({
  ...engine,
  query: (sql, options) => {
    if (!sql.includes('endless')) return engine.query(sql, options);
    process.stdout.write('It runs.\n');
    const kept = setInterval(() => undefined, 1000);
    return new Promise((_, reject) => {
      options.signal.addEventListener('abort', () => {
        clearInterval(kept);
        reject(new Error('stopped'));
      });
    });
  },
});

process.exitCode = await runShell(
  { name: 'osqueryi', argv: process.argv.slice(2) },
  {
    stdout: new DescriptorSink(1),
    stderr: new DescriptorSink(2),
    stdinIsTerminal: process.stdin.isTTY,
    stdoutIsTerminal: process.stdout.isTTY,
    environment: process.env,
    stdinLines: async function* () {
      yield* [];
    },
    openLocal: async flags => new EngineSource(engineWithEndless(fakeEngine(flags))),
    openRemote: () => Promise.reject(new Error('not in this test')),
  },
);
