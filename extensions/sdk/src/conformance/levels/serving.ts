import { ExtensionClient, unixEndpoint } from '@outpost/protocol';
import { type Check, type Found, fault, sound } from '../check.ts';
import { within } from '../deadline.ts';
import { emptyCall, sendAndLeave, sendBytes } from '../raw.ts';
import { messageOf, type Trial } from '../trial.ts';

/** How many calls are made at once, and how many connections that only ping. */
const crowd = 32;
const shortConnections = 10;
/** How long an answer beside an idle connection may take, in milliseconds. */
const besideMs = 2000;
/** The size of a request that is large, in bytes. */
const largeBytes = 1024 * 1024;

/** Whether the extension still answers after what was done to it. */
const stillAnswers = async (trial: Trial, afterWhat: string): Promise<Found> => {
  const trouble = await trial.trouble();
  return trouble === undefined ? sound : fault(`after ${afterWhat}: ${trouble}`);
};

/** Something that a request asks for and no extension has: it must be refused, by a code or a Thrift exception. */
const refuses = async (
  trial: Trial,
  registry: string,
  item: string,
  request: Record<string, string>,
): Promise<Found> => {
  const words = `${registry}/${item} ${JSON.stringify(request)}`;
  const answer = await trial.call(registry, item, request).catch(messageOf);
  if (typeof answer !== 'string' && answer.status.code === 0) return fault(`${words} is answered with code 0`);
  return stillAnswers(trial, words);
};

const pingsAlone = async (trial: Trial): Promise<Found> => {
  for (let count = 0; count < shortConnections; count += 1) await trial.ping();
  return stillAnswers(trial, `${shortConnections} connections that ping once and close`);
};

const answersBeside = async (trial: Trial): Promise<Found> => {
  using idle = await ExtensionClient.connect(unixEndpoint(trial.socket), { timeoutMs: trial.options.timeoutMs });
  await idle.ping();
  const answered = await within(
    trial.ping(besideMs).catch(() => undefined),
    besideMs,
  );
  return answered === 0 ? sound : fault(`no answer within ${besideMs / 1000} s while another connection was open`);
};

const answersMany = async (trial: Trial): Promise<Found> => {
  const codes = await Promise.all(Array.from({ length: crowd }, () => trial.ping().catch(messageOf)));
  const wrong = codes.find(code => code !== 0);
  return wrong === undefined ? sound : fault(`one of ${crowd} pings at once: ${wrong}`);
};

const unknownMethod = async (trial: Trial): Promise<Found> => {
  const { bytes, closed } = await sendBytes(trial.socket, emptyCall('noSuchMethod'), trial.options.timeoutMs);
  const alive = await stillAnswers(trial, 'an unknown method');
  if (alive.kind === 'fault') return alive;
  if (bytes.length === 0) return fault(closed ? 'the connection is closed without a word' : 'nothing is answered');
  return bytes[3] === 3 ? sound : fault('an answer that is no exception');
};

const survives = async (trial: Trial): Promise<Found> => {
  const { timeoutMs } = trial.options;
  const damage: readonly (readonly [what: string, bytes: Buffer])[] = [
    ['bytes that are no message', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
    ['half a message', emptyCall('ping').subarray(0, 10)],
    ['a message of a length that is a lie', Buffer.from('80010001000000047fffffff', 'hex')],
    ['nothing', Buffer.alloc(0)],
  ];
  for (const [what, bytes] of damage) {
    await sendAndLeave(trial.socket, bytes, timeoutMs);
    const found = await stillAnswers(trial, `a connection that sent ${what} and left`);
    if (found.kind === 'fault') return found;
  }
  return sound;
};

/** A refusal is an answer; the end of the connection is none. */
const largeRequest = async (trial: Trial): Promise<Found> => {
  const [table = 'outpost_no_such_table'] = trial.plugins('table');
  const request = { action: 'columns', padding: 'x'.repeat(largeBytes) };
  const answer = await trial.call('table', table, request).catch(messageOf);
  const unanswered = typeof answer === 'string' && /No more data|not answered/.test(answer);
  return unanswered ? fault(answer) : stillAnswers(trial, 'a large request');
};

/** How an extension answers at its socket. */
export const servingChecks: readonly Check[] = [
  {
    id: 'core.short_connections',
    asked: 'connections that ping once and close',
    expected: 'each is answered: agents open one before every call',
    remedy: 'Accept connections again and again, and take an early end for no error.',
    run: pingsAlone,
  },
  {
    id: 'core.beside',
    asked: 'a ping while another connection is open and idle',
    expected: 'it is answered within 2 s',
    remedy: 'Serve every connection by itself (a thread, a goroutine): otherwise one slow query holds up all others.',
    advisory: true,
    run: answersBeside,
  },
  {
    id: 'core.many',
    asked: `${crowd} connections at once`,
    expected: 'each is answered in time',
    remedy: 'Accept connections while calls are at work, and listen with a queue of that length.',
    run: answersMany,
  },
  {
    id: 'core.unknown_item',
    asked: 'a table that the extension does not have',
    expected: 'a code other than 0, or an exception; the extension goes on',
    remedy: 'Answer status code 1 with a message that names what is missing.',
    run: trial => refuses(trial, 'table', 'outpost_no_such_table', { action: 'generate', context: '{}' }),
  },
  {
    id: 'core.unknown_registry',
    asked: 'a registry that does not exist',
    expected: 'a code other than 0, or an exception; the extension goes on',
    remedy: 'Answer status code 1 with a message that names what is missing.',
    run: trial => refuses(trial, 'no_such_registry', 'nothing', {}),
  },
  {
    id: 'core.unknown_method',
    asked: 'a method that the protocol does not have',
    expected: 'a Thrift exception; the extension goes on',
    remedy: 'Answer unknown methods with a TApplicationException (UNKNOWN_METHOD), as Thrift libraries do.',
    advisory: true,
    run: unknownMethod,
  },
  {
    id: 'core.damaged',
    asked: 'connections that send damaged messages, or none',
    expected: 'the extension goes on and answers the next one',
    remedy: 'Let a fault of a connection end that connection only, and do not believe lengths that you are told.',
    run: survives,
  },
  {
    id: 'core.large_request',
    asked: 'a request of 1 MiB',
    expected: 'it is read and answered',
    remedy: 'Raise the limit on messages: a query can ask for thousands of values at once.',
    run: largeRequest,
  },
];
