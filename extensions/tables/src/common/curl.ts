import { bigint, defineTable, integer, readMax, text } from '@outpost/sdk';
import { httpGet } from '../lib/http-get.ts';
import { Losses } from '../lib/losses.ts';

const defaultUserAgent = 'osquery';
const timeoutMs = 16_000;

/** What a header can hold: anything else would end it, and begin another. */
const headerValue = (value: string): string => value.replace(/[^\t -~\u0080-\u00ff]/g, '');

/** What web servers answer to this machine. */
export const curl = defineTable({
  name: 'curl',
  description: 'Result of an HTTP GET to the given URL.',
  platforms: ['linux', 'macos', 'windows'],
  examples: [
    "select response_code, round_trip_time from curl where url = 'http://localhost/'",
    "select result from curl where url = 'http://localhost:9100/metrics' and user_agent = 'inventory'",
  ],
  columns: {
    url: text('What to ask for; redirections are followed', { required: true, index: true, optimized: true }),
    method: text('Always GET'),
    user_agent: text('What the agent calls itself; osquery unless the query says', { additional: true }),
    response_code: integer('Status of the answer; null when there is none'),
    round_trip_time: bigint('Time until the whole answer is here, microseconds'),
    bytes: bigint('Size of the answer in bytes'),
    result: text('The answer, at most 50 MiB'),
  },
  async *generate(context) {
    const agents = context.equals('user_agent') ?? [defaultUserAgent];
    const losses = new Losses('cannot be fetched');
    for (const url of context.equals('url') ?? [])
      for (const user_agent of agents) {
        const began = performance.now();
        const options = { userAgent: headerValue(user_agent), timeoutMs, maxBytes: readMax, signal: context.signal };
        const row = { url, method: 'GET', user_agent };
        try {
          const { status, body } = await httpGet(url, options);
          const round_trip_time = Math.round((performance.now() - began) * 1000);
          yield { ...row, response_code: status, round_trip_time, bytes: body.length, result: body.toString() };
        } catch (error) {
          losses.add(url, error instanceof Error ? error.message : String(error));
          yield row;
        }
      }
    losses.report(context);
  },
});
