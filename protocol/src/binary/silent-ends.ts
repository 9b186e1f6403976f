/**
 * The places of a message where a Thrift protocol may write something and the binary protocol writes nothing: the ends of
 * everything, and the beginning of a struct.
 */
export abstract class SilentEnds {
  writeMessageEnd(): void {
    return undefined;
  }

  writeStructBegin(_name: string): void {
    return undefined;
  }

  writeStructEnd(): void {
    return undefined;
  }

  writeFieldEnd(): void {
    return undefined;
  }

  writeMapEnd(): void {
    return undefined;
  }

  writeListEnd(): void {
    return undefined;
  }

  writeSetEnd(): void {
    return undefined;
  }

  readMessageEnd(): void {
    return undefined;
  }

  readStructBegin(): { fname: string } {
    return { fname: '' };
  }

  readStructEnd(): void {
    return undefined;
  }

  readFieldEnd(): void {
    return undefined;
  }

  readMapEnd(): void {
    return undefined;
  }

  readListEnd(): void {
    return undefined;
  }

  readSetEnd(): void {
    return undefined;
  }
}
