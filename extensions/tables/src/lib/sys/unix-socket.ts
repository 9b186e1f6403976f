import { Socket } from './sockets.ts';

const family = 1;
const stream = 1;
/** `sun_path` without the NUL that ends it (unix(7)). */
const longestPath = 107;

function address(path: string): Buffer {
  const bytes = Buffer.from(path);
  if (bytes.length > longestPath)
    throw new RangeError(`the path of a socket has at most ${longestPath} bytes, not ${bytes.length}`);
  const value = Buffer.alloc(3 + bytes.length);
  value.writeUInt16LE(family, 0);
  bytes.copy(value, 2);
  return value;
}

/** Connects to whoever listens at `path`. @throws Error when nobody does; every call, when nobody answers within `timeoutMs` */
export function connectUnix(path: string, timeoutMs: number): Socket {
  const place = address(path);
  const socket = new Socket({ domain: family, type: stream }, timeoutMs);
  try {
    socket.connect(place);
    return socket;
  } catch (error) {
    socket[Symbol.dispose]();
    throw error;
  }
}
