import { encodeLoggerRequest, type LoggerRequest, loggerFeatures } from '../../logger/codec.ts';
import { type Check, type Found, fault, skipped, sound } from '../check.ts';
import { messageOf, type Trial } from '../trial.ts';
import { ask, eachPlugin, refusesAll } from './plugins.ts';

/** How many lines come in a row. */
const lineCount = 100;
/** The size of a long line, in characters. */
const longCharacters = 1024 * 1024;

const line = (fields: object): string => JSON.stringify({ name: 'outpost_conformance', ...fields });
const status = {
  severity: 1,
  file: 'conformance',
  line: 1,
  message: 'A status line of the conformance suite.',
  hostIdentifier: 'conformance',
  calendarTime: 'Mon Nov 30 00:00:00 2026 UTC',
  unixTime: 1_795_996_800,
};

const logs = (trial: Trial, ...requests: readonly LoggerRequest[]): Promise<Found> =>
  eachPlugin(trial, 'logger', async name => {
    for (const request of requests) {
      const found = await ask(trial, ['logger', name], encodeLoggerRequest(request));
      if (found.kind === 'fault') return found;
    }
    return sound;
  });

/** Sends a request of a kind that a logger says whether it wants. */
const logsWhenWanted = (trial: Trial, feature: number, request: LoggerRequest): Promise<Found> =>
  eachPlugin(trial, 'logger', async name => {
    const { status: features } = await trial.call('logger', name, encodeLoggerRequest({ kind: 'features' }));
    if ((features.code & feature) === 0) return skipped(`logger ${name} does not want them`);
    const found = await ask(trial, ['logger', name], encodeLoggerRequest(request));
    // SDKs that do not know the question answer it with code 1, which happens to say yes.
    return found.kind === 'fault' && features.message !== 'OK'
      ? skipped(`logger ${name} refuses both question and line`)
      : found;
  });

const answersAny = (trial: Trial, request: LoggerRequest): Promise<Found> =>
  eachPlugin(trial, 'logger', async name => {
    const answer = await trial.call('logger', name, encodeLoggerRequest(request)).catch(messageOf);
    return typeof answer === 'string' ? fault(`logger ${name}: ${answer}`) : sound;
  });

const delivered = 'code 0, once the line is as safe as the logger makes it';
const deliver =
  'Answer code 0 for a line that is delivered, and another code for one that is not: the agent then sends it again.';

/** How loggers answer. They log a few hundred lines. */
export const loggerChecks: readonly Check[] = [
  {
    id: 'logger.init',
    asked: '{init: name of the agent}',
    expected: 'any status: a logger may have no use for it',
    remedy: 'Answer a status; an exception keeps the logger from being used.',
    run: trial => answersAny(trial, { kind: 'init', processName: 'outpostd' }),
  },
  {
    id: 'logger.features',
    asked: '{action: "features"}',
    expected: 'a status whose code is the sum of 1 (wants status lines) and 2 (wants events)',
    remedy: 'Answer the code 0 if you want neither.',
    run: trial => answersAny(trial, { kind: 'features' }),
  },
  {
    id: 'logger.string',
    asked: '{string: a line of results}',
    expected: delivered,
    remedy: deliver,
    run: trial => logs(trial, { kind: 'string', line: line({ action: 'added' }) }),
  },
  {
    id: 'logger.snapshot',
    asked: '{snapshot: a line of results}',
    expected: delivered,
    remedy: deliver,
    run: trial => logs(trial, { kind: 'snapshot', line: line({ action: 'snapshot' }) }),
  },
  {
    id: 'logger.text',
    asked: 'a line with letters beyond ASCII, an emoji, quotes and escapes',
    expected: delivered,
    remedy: 'Treat a line as UTF-8 text, and do not take it apart.',
    run: trial => logs(trial, { kind: 'string', line: line({ text: 'ü 漢 🙂 "quoted" \\ \n \u0001' }) }),
  },
  {
    id: 'logger.many',
    asked: `${lineCount} lines, one after another`,
    expected: delivered,
    remedy: deliver,
    run: trial =>
      logs(trial, ...Array.from({ length: lineCount }, (_, n) => ({ kind: 'string', line: line({ n }) }) as const)),
  },
  {
    id: 'logger.long',
    asked: 'a line of 1 MiB',
    expected: delivered,
    remedy: 'A snapshot of a large table is one line; where your sink has a limit, say in the message what it is.',
    advisory: true,
    run: trial => logs(trial, { kind: 'string', line: line({ text: 'x'.repeat(longCharacters) }) }),
  },
  {
    id: 'logger.status',
    asked: 'status lines, of a logger that wants them',
    expected: 'code 0',
    remedy: 'Take {status, log: JSON array}, or leave 1 out of the code that answers "features".',
    run: trial => logsWhenWanted(trial, loggerFeatures.logStatus, { kind: 'status', statuses: [status] }),
  },
  {
    id: 'logger.event',
    asked: 'an event, of a logger that wants them',
    expected: 'code 0',
    remedy: 'Take {event: JSON}, or leave 2 out of the code that answers "features".',
    run: trial => logsWhenWanted(trial, loggerFeatures.logEvent, { kind: 'event', event: line({}) }),
  },
  {
    id: 'logger.unknown',
    asked: 'a request of a kind that loggers do not have',
    expected: 'a code other than 0, or an exception; the extension goes on',
    remedy: 'Answer status code 1: code 0 means that a line was delivered.',
    advisory: true,
    run: trial => eachPlugin(trial, 'logger', name => refusesAll(trial, ['logger', name], [{ no_such_kind: 'x' }])),
  },
];
