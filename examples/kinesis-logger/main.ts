#!/usr/bin/env node
import { type Running, serve } from '@outpost/sdk';
import { type FlagValues, readFlags } from './src/flag-values.ts';
import { usage } from './src/help.ts';
import { openLoggers } from './src/loggers.ts';
import { type Settings, settingsOf } from './src/settings.ts';
import { meterTable } from './src/table.ts';

/** How long requests that are under way may take at the end, milliseconds. */
const graceMs = 3000;
const name = 'kinesis-logger';

/** The version of the agent, asked for once; '' when it does not say. */
const versionOf = (running: () => Running | undefined): (() => Promise<string>) => {
  let asked: Promise<string> | undefined;
  const ask = async (): Promise<string> => {
    const rows = await running()?.query('select version from osquery_info');
    return rows?.[0]?.version ?? '';
  };
  return () => {
    asked ??= ask().catch(() => ''); // a policy may forbid to ask; the lines go without it
    return asked;
  };
};

const run = async (settings: Settings, { rest, idle }: FlagValues): Promise<void> => {
  let running: Running | undefined;
  const loggers = await openLoggers(
    settings,
    versionOf(() => running),
  );
  for (const { logger, place } of loggers)
    console.error(`${logger} writes to the stream ${place.stream} in ${place.region} (from ${place.regionOrigin}).`);
  if (idle.length > 0) console.error(`These flags have no effect here: ${idle.join(', ')}.`);
  const close = (): Promise<unknown> => Promise.all(loggers.map(({ shipper }) => shipper.close(graceMs)));
  process.once('SIGTERM', close).once('SIGINT', close);
  try {
    running = await serve([...loggers.map(({ definition }) => definition), meterTable(loggers)], { name, argv: rest });
    await running.closed;
  } finally {
    await close();
  }
};

const main = async (): Promise<void> => {
  if (process.argv.includes('--help')) return console.log(usage());
  const values = readFlags(process.argv.slice(2), process.env);
  const settings = settingsOf(values);
  if ('access' in settings) return run(settings, values);
  for (const fault of settings) console.error(`${name}: ${fault}`);
  process.exitCode = 1;
};

await main().catch((error: Error) => {
  console.error(`${name}: ${error.message}`);
  process.exitCode = 1;
});
