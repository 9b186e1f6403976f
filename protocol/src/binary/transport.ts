import { type Limits, replyLimits } from './limits.ts';
import { ByteReader } from './reader.ts';
import type { ThriftTransport } from './thrift.ts';
import { ByteWriter } from './writer.ts';

const nothing = new Uint8Array();

/** A transport over memory: reads from bytes that are there, writes into one buffer that grows. */
export class BufferTransport implements ThriftTransport {
  readonly output: ByteWriter;
  input: ByteReader;
  readonly #onFlush: (bytes: Buffer) => void;

  /**
   * @param onFlush gets what was written since the last flush, as a view that the next write overwrites
   * @param output the buffer to write into
   */
  constructor(onFlush: (bytes: Buffer) => void = () => undefined, output: ByteWriter = new ByteWriter()) {
    this.input = new ByteReader(nothing);
    this.output = output;
    this.#onFlush = onFlush;
  }

  /** Reads from these bytes from now on. They must stay as they are while they are read. */
  receive(bytes: Uint8Array, limits: Limits = replyLimits): void {
    this.input = new ByteReader(bytes, limits);
  }

  read(size: number): Buffer {
    return this.input.readBytes(size);
  }

  write(bytes: Uint8Array | string): void {
    this.output.writeBytes(typeof bytes === 'string' ? Buffer.from(bytes) : bytes);
  }

  flush(): void {
    this.#onFlush(this.output.written());
    this.output.reset();
  }

  /** The thrift package notes the sequence id here to find its callback; ours has no use for it. */
  setCurrSeqId(): void {
    return undefined;
  }
}
