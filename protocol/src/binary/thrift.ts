/**
 * What the thrift package (0.24) and the code that its compiler (0.17) generates expect of a transport and of a protocol. The
 * package has no types of its own; the names and shapes are those of lib/nodejs/lib/thrift/binary_protocol.js.
 */

/** Carries bytes; the generated clients use only `flush`, a protocol all of it. */
export interface ThriftTransport {
  write(bytes: Uint8Array | string): void;
  read(size: number): Buffer;
  flush(): void;
  setCurrSeqId(seqid: number): void;
}

/** A 64-bit integer. Generated code writes the keys of a map as the text that JavaScript made of them. */
export type I64 = number | bigint | string;

/** Turns values into bytes of a transport, and back. Names of structs and fields do not travel. */
export interface ThriftProtocol {
  flush(): void;
  getTransport(): ThriftTransport;
  skip(type: number, depth?: number): void;

  writeMessageBegin(name: string, kind: number, seqid: number): void;
  writeMessageEnd(): void;
  writeStructBegin(name: string): void;
  writeStructEnd(): void;
  writeFieldBegin(name: string, type: number, id: number): void;
  writeFieldEnd(): void;
  writeFieldStop(): void;
  writeMapBegin(keyType: number, valueType: number, size: number): void;
  writeMapEnd(): void;
  writeListBegin(type: number, size: number): void;
  writeListEnd(): void;
  writeSetBegin(type: number, size: number): void;
  writeSetEnd(): void;
  writeBool(value: boolean): void;
  writeByte(value: number): void;
  writeI16(value: number): void;
  writeI32(value: number): void;
  writeI64(value: I64): void;
  writeDouble(value: number): void;
  writeString(value: string): void;
  writeBinary(value: Uint8Array | string): void;

  readMessageBegin(): { fname: string; mtype: number; rseqid: number };
  readMessageEnd(): void;
  readStructBegin(): { fname: string };
  readStructEnd(): void;
  readFieldBegin(): { fname: string | null; ftype: number; fid: number };
  readFieldEnd(): void;
  readMapBegin(): { ktype: number; vtype: number; size: number };
  readMapEnd(): void;
  readListBegin(): { etype: number; size: number };
  readListEnd(): void;
  readSetBegin(): { etype: number; size: number };
  readSetEnd(): void;
  readBool(): boolean;
  readByte(): number;
  readI16(): number;
  readI32(): number;
  readI64(): number | bigint;
  readDouble(): number;
  readString(): string;
  readBinary(): Buffer;
}

/** A generated struct, or whatever writes itself in the place of one. */
export interface ThriftWritable {
  write(output: ThriftProtocol): void;
}

/** A generated struct. */
export interface ThriftStruct extends ThriftWritable {
  read(input: ThriftProtocol): void;
}
