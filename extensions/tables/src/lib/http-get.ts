import http from 'node:http';
import https from 'node:https';

/** How a URL is fetched. */
export interface HttpGetOptions {
  readonly userAgent: string;
  /** For all of it, redirections included. */
  readonly timeoutMs: number;
  /** The largest body that is taken. */
  readonly maxBytes: number;
  /** Fires when nobody wants the answer any more. */
  readonly signal: AbortSignal;
}

/** What a server answered. */
export interface HttpAnswer {
  readonly status: number;
  readonly body: Buffer;
}

const mostRedirections = 10;

async function bodyOf(message: http.IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxBytes) throw new Error(`the answer has more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function begin(url: URL, userAgent: string, signal: AbortSignal): Promise<http.IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<http.IncomingMessage>();
  const { get } = url.protocol === 'https:' ? https : http;
  // A connection of its own: one that is kept would hold the thread, and the server, for nothing.
  get(url, { agent: false, headers: { 'User-Agent': userAgent, Accept: '*/*' }, signal }, resolve).on('error', reject);
  return promise;
}

/**
 * Fetches a URL, follows redirections, and takes any status for an answer.
 * @throws Error when there is no answer in time, or it is too large
 */
export async function httpGet(
  url: string,
  { userAgent, timeoutMs, maxBytes, signal }: HttpGetOptions,
): Promise<HttpAnswer> {
  const either = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  let at = new URL(url);
  for (let redirections = 0; ; redirections += 1) {
    const message = await begin(at, userAgent, either);
    const { statusCode: status = 0, headers } = message;
    if (status < 300 || status > 399 || headers.location === undefined)
      return { status, body: await bodyOf(message, maxBytes) };
    message.destroy();
    if (redirections === mostRedirections) throw new Error(`it leads on more than ${mostRedirections} times`);
    at = new URL(headers.location, at);
  }
}
