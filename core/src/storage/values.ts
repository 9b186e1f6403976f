import { Packr } from 'msgpackr';

const packr = new Packr({ useRecords: false, mapsAsObjects: true });

/** A value of the store: MessagePack. */
export const packValue = (value: unknown): Uint8Array => packr.pack(value);

/** The value of stored bytes; the caller checks its shape. */
export const unpackValue = (bytes: Uint8Array): unknown => packr.unpack(bytes);

/** A text value. */
export const packText = (text: string): Uint8Array => Buffer.from(text);

/** The text of stored bytes. */
export const unpackText = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
