const begin = /-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----/g;
const end = '-----END ';

/** The bytes of the certificates of a PEM file (RFC 7468), in its order. Keys and text between them are passed over. */
export function* pemCertificates(text: string): Generator<Buffer> {
  for (const match of text.matchAll(begin)) {
    const start = match.index + match[0].length;
    const stop = text.indexOf(end, start);
    if (stop < 0) return;
    yield Buffer.from(text.slice(start, stop), 'base64');
  }
}
