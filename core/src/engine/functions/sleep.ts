import { clock } from '../clock.ts';
import { checkCancelled, type Run } from '../sources/source.ts';
import type { Bodies, FunctionEnvironment } from './declarations.ts';

/** How long it sleeps before it looks again whether its query was given up, milliseconds. */
const sliceMs = 50;

/** Sleeps until a time on the clock of a run's deadline. @throws when the query is given up */
const sleepUntil = (end: number, run: Run): void => {
  for (let left = end - clock(); left > 0; left = end - clock()) {
    Atomics.wait(run.cancel, 0, 0, Math.min(sliceMs, left));
    checkCancelled(run);
  }
};

/** sleep: blocks its query, and no other. */
export const functions = ({ run }: FunctionEnvironment): Pick<Bodies, 'sleep'> => ({
  sleep: value => {
    const seconds = typeof value === 'bigint' && value > 0n ? value : 0n;
    sleepUntil(clock() + Number(seconds) * 1000, run());
    return seconds;
  },
});
