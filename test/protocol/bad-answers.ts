// What an extension can answer that is wrong, byte by byte.

const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};
const text = (value: string): Buffer => Buffer.concat([int32(value.length), Buffer.from(value)]);
const field = (type: number, id: number, ...parts: Buffer[]): Buffer =>
  Buffer.concat([Buffer.from([type, 0, id]), ...parts]);
const stop = Buffer.from([0]);
const [structType, listType, i32Type, textType, mapType] = [12, 15, 8, 11, 13] as const;

const head = (kind: number, name = 'call', seqid = 0): Buffer =>
  Buffer.concat([int32(0x80010000 | kind), text(name), int32(seqid)]);
const status = (code: number, message: string): Buffer =>
  field(structType, 1, field(i32Type, 1, int32(code)), field(textType, 2, text(message)), stop);
const oneRow = field(
  listType,
  2,
  Buffer.from([mapType]),
  int32(1),
  Buffer.from([textType, textType]),
  int32(1),
  text('x'),
  text('1'),
);
const success = (...parts: Buffer[]): Buffer => Buffer.concat([field(structType, 0, ...parts, stop), stop]);
const good = success(status(0, 'OK'), oneRow);

/** The bytes of each answer of golden/bad-answers.jsonl to `call`; undefined closes the connection. */
export const badAnswers: Readonly<Record<string, Buffer | undefined>> = {
  close: undefined,
  exception: Buffer.concat([head(3), field(textType, 1, text('boom')), field(i32Type, 2, int32(0)), stop]),
  extexc: Buffer.concat([head(2), field(structType, 1, field(i32Type, 1, int32(1)), stop), stop]),
  noresult: Buffer.concat([head(2), stop]),
  nostatus: Buffer.concat([head(2), success(oneRow)]),
  noresponse: Buffer.concat([head(2), success(status(0, 'OK'))]),
  wrongname: Buffer.concat([head(2, 'ping'), good]),
  wrongseq: Buffer.concat([head(2, 'call', 99), good]),
  garbage: Buffer.from('this is no Thrift message at all, whatever one thinks of it'),
  nonstrict: Buffer.concat([text('call'), Buffer.from([2]), int32(0), good]),
  code1msg: Buffer.concat([head(2), success(status(1, 'my failure'), oneRow)]),
  code1empty: Buffer.concat([head(2), success(status(1, ''), oneRow)]),
  code2: Buffer.concat([head(2), success(status(2, 'fatal'), oneRow)]),
  codeminus: Buffer.concat([head(2), success(status(-1, 'neg'), oneRow)]),
  code0msg: Buffer.concat([head(2), success(status(0, 'all is well'), oneRow)]),
};
