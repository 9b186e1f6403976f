import type { Endpoint } from '../endpoint.ts';
import type { Caller } from './caller.ts';
import type { ClientOptions } from './options.ts';

/** Connects. What only a connection needs (sockets, messages, generated code) is loaded now, not when a program starts. */
export async function openCaller(endpoint: Endpoint, options?: ClientOptions): Promise<Caller> {
  const { Caller } = await import('./caller.ts');
  return Caller.open(endpoint, options);
}
