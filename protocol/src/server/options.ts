import type { Socket } from 'node:net';
import type { Limits } from '../binary/limits.ts';
import type { Endpoint } from '../endpoint.ts';
import type { OutpostError } from '../errors.ts';
import type { Peer } from '../types.ts';
import type { ServerStatistics } from './statistics.ts';

/** What a server may be told. */
export interface ServerOptions {
  /** What a request may hold at most. */
  readonly limits?: Limits;
  /** Connections at a time, 256 by default. Beyond, the connection that was idle longest makes room; none idle: refused. */
  readonly connections?: number;
  /** Bytes of unfinished messages that all connections together may hold, 256 MiB by default. */
  readonly pendingBytes?: number;
  /** Milliseconds that a message may take to arrive, and a reply to be read; 60,000 by default. An idle connection stays. */
  readonly messageTimeoutMs?: number;
  /** Milliseconds that a call of version 2 may take, whatever its deadline; 300,000 by default. */
  readonly callTimeoutMs?: number;
  /** Milliseconds that `close` waits for requests in work, 1,000 by default. */
  readonly closeTimeoutMs?: number;
  /** The number of a group whose members may connect, too; nobody but this user and root, when left out. */
  readonly group?: number | undefined;
  /** Tells who is at the other end; without it no handler knows. */
  readonly peerOf?: (socket: Socket) => Peer;
  /** Is told of each connection that was closed or refused for a fault of the other side. */
  readonly onFault?: (fault: OutpostError, peer: Peer) => void;
}

/** A server that listens. */
export interface Server {
  readonly endpoint: Endpoint;
  /** The counts as they are now. */
  readonly statistics: Readonly<ServerStatistics>;
  /** Stops listening, removes the socket, lets requests in work end and closes all connections. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
