// The Apache implementation, as the oracle of property tests. It has no types of its own, and warns about its own `new Buffer`.
import { createRequire } from 'node:module';
import type { ThriftProtocol } from '../../protocol/src/binary/thrift.ts';

interface StockTransport {
  flush(): void;
}

interface StockThrift {
  readonly TBufferedTransport: {
    new (buffer: undefined, flushed: (bytes: Buffer) => void): StockTransport;
    receiver(received: (transport: StockTransport) => void): (bytes: Buffer) => void;
  };
  readonly TBinaryProtocol: new (
    transport: StockTransport,
    strictRead: boolean,
    strictWrite: boolean,
  ) => ThriftProtocol;
}

process.noDeprecation = true;
const fromProtocol = createRequire(new URL('../../protocol/src/index.ts', import.meta.url));
const stock = fromProtocol('thrift') as StockThrift;

/** The class of 64-bit integers that the stock protocol gives and takes. */
export const Int64 = createRequire(fromProtocol.resolve('thrift'))('node-int64') as new (bytes: Buffer) => object;

/** The bytes that the stock protocol writes over the stock buffered transport. */
export function stockBytes(write: (output: ThriftProtocol) => void, strict = true): Buffer {
  let written: Buffer = Buffer.alloc(0);
  const transport = new stock.TBufferedTransport(undefined, bytes => {
    written = bytes;
  });
  write(new stock.TBinaryProtocol(transport, false, strict));
  transport.flush();
  return written;
}

/** The stock protocol reading from bytes. */
export function stockReader(bytes: Buffer): ThriftProtocol {
  let reader: ThriftProtocol | undefined;
  stock.TBufferedTransport.receiver(transport => {
    reader = new stock.TBinaryProtocol(transport, false, true);
  })(bytes);
  if (reader === undefined) throw new Error('The stock transport gave nothing to read.');
  return reader;
}
