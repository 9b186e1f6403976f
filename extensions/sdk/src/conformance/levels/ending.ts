import { type Check, type Found, fault, sound } from '../check.ts';
import { within } from '../deadline.ts';
import { messageOf, Trial } from '../trial.ts';

/** How long an extension may take to notice something, in milliseconds: several of its intervals, and the time it waits for an agent. */
const noticeMs = 10_000;

/** How long it may take to notice that it was forgotten, in milliseconds: five intervals. */
const forgottenMs = 5000;

/** Starts the extension once more, with more flags; a trial of its own. */
const anew = async (trial: Trial, flags: readonly string[], work: (other: Trial) => Promise<Found>): Promise<Found> => {
  await using other = await Trial.start(trial.options, flags);
  if (other.registered === undefined) return fault(other.process.ending ?? 'it did not register');
  return await work(other);
};

const takesVerbose = (trial: Trial): Promise<Found> =>
  anew(trial, ['--verbose'], async other => {
    const trouble = await other.trouble();
    return trouble === undefined ? sound : fault(trouble);
  });

const ended = async (trial: Trial, otherwise: string): Promise<Found> =>
  (await within(trial.process.ended, noticeMs)) === undefined ? fault(otherwise) : sound;

const endsWithAgent = async (trial: Trial): Promise<Found> =>
  anew(trial, [], async other => {
    await other.manager.leave();
    return ended(other, `the process still runs ${noticeMs / 1000} s later`);
  });

const endsBySignal = (trial: Trial): Promise<Found> =>
  anew(trial, [], async other => {
    other.process.signal('SIGTERM');
    return ended(other, `the process still runs ${noticeMs / 1000} s later`);
  });

const returns = (trial: Trial): Promise<Found> =>
  anew(trial, [], async other => {
    const { uuid } = other.registration;
    other.manager.drop(uuid);
    const again = other.manager.registration(uuid).catch(messageOf);
    const noticed = await within(Promise.race([again, other.process.ended]), forgottenMs);
    return noticed === undefined ? fault(`it neither registers again nor ends within ${forgottenMs / 1000} s`) : sound;
  });

/** How an extension begins and ends. */
export const endingChecks: readonly Check[] = [
  {
    id: 'core.verbose',
    asked: 'start with --verbose as well',
    expected: 'it registers: agents pass the flag on when they are verbose themselves',
    remedy: 'Take --verbose, and ignore it if you have no use for it.',
    run: takesVerbose,
  },
  {
    id: 'core.agent_gone',
    asked: 'the agent says shutdown and is gone',
    expected: 'the process ends by itself: the next agent starts one of its own',
    remedy: 'Ask the agent every --interval seconds whether it is there, and end when it is not.',
    run: endsWithAgent,
  },
  {
    id: 'core.terminated',
    asked: 'SIGTERM',
    expected: 'the process ends',
    remedy: 'Do not block SIGTERM; agents send SIGKILL after a while.',
    run: endsBySignal,
  },
  {
    id: 'core.forgotten',
    asked: 'the agent answers, but has forgotten the extension',
    expected: 'it registers again, or ends so that it is started anew',
    remedy: 'Ask for extensions() every --interval seconds and look for your uuid; a ping of the agent does not tell.',
    advisory: true,
    run: returns,
  },
];
