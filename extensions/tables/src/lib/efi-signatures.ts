/** EFI_CERT_X509_GUID as it lies in memory. */
const x509 = Buffer.from('a159c0a5e494a74a87b5ab155c2bf072', 'hex');
const attributeBytes = 4;
const headerBytes = 28;
const ownerBytes = 16;

/**
 * The certificates of a signature database such as `db`, as efivarfs gives it: attributes, then EFI_SIGNATURE_LISTs (UEFI specification,
 * 32.4.1). Digests and whatever else lists hold are passed over; a list that does not fit ends it.
 */
export function* efiCertificates(variable: Buffer): Generator<Buffer> {
  for (let at = attributeBytes; at + headerBytes <= variable.length; ) {
    const listBytes = variable.readUInt32LE(at + 16);
    const signatureBytes = variable.readUInt32LE(at + 24);
    const end = at + listBytes;
    if (listBytes < headerBytes || end > variable.length) return;
    const isX509 = variable.subarray(at, at + 16).equals(x509) && signatureBytes > ownerBytes;
    let signature = at + headerBytes + variable.readUInt32LE(at + 20);
    for (; isX509 && signature + signatureBytes <= end; signature += signatureBytes)
      yield variable.subarray(signature + ownerBytes, signature + signatureBytes);
    at = end;
  }
}
