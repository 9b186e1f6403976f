/** Compares texts by their UTF-8 bytes, as `std::map` of osquery orders its keys. */
export const byteOrder = (left: string, right: string): number => Buffer.compare(Buffer.from(left), Buffer.from(right));
