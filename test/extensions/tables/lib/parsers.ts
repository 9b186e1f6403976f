import { parseRelease } from '../../../../extensions/tables/src/lib/apt/release.ts';
import { parseSourceLines, parseSourceStanzas } from '../../../../extensions/tables/src/lib/apt/sources.ts';
import { parseAuthorizedKeys } from '../../../../extensions/tables/src/lib/authorized-keys.ts';
import { capabilityText } from '../../../../extensions/tables/src/lib/capabilities.ts';
import { parseCpuinfo } from '../../../../extensions/tables/src/lib/cpuinfo.ts';
import { parseCrontab } from '../../../../extensions/tables/src/lib/crontab.ts';
import { decodeReply } from '../../../../extensions/tables/src/lib/dbus/message.ts';
import { parseDesktopEntry } from '../../../../extensions/tables/src/lib/desktop-entry.ts';
import { parseStatus } from '../../../../extensions/tables/src/lib/dpkg.ts';
import { efiCertificates } from '../../../../extensions/tables/src/lib/efi-signatures.ts';
import { parseExtSuperblock } from '../../../../extensions/tables/src/lib/ext-superblock.ts';
import { expandBraces, longestPattern } from '../../../../extensions/tables/src/lib/glob/braces.ts';
import { segmentMatcher } from '../../../../extensions/tables/src/lib/glob/match.ts';
import { parseGroups } from '../../../../extensions/tables/src/lib/group.ts';
import { parseHosts } from '../../../../extensions/tables/src/lib/hosts.ts';
import { parseIni } from '../../../../extensions/tables/src/lib/ini.ts';
import { parseIomem } from '../../../../extensions/tables/src/lib/iomem.ts';
import { parseEntries } from '../../../../extensions/tables/src/lib/iptables/entries.ts';
import { parsePluginXml } from '../../../../extensions/tables/src/lib/jetbrains.ts';
import { parseCommandLine } from '../../../../extensions/tables/src/lib/kernel-command-line.ts';
import { parseKeys } from '../../../../extensions/tables/src/lib/kernel-keys.ts';
import { parseLimits } from '../../../../extensions/tables/src/lib/limits.ts';
import { luksCipher } from '../../../../extensions/tables/src/lib/luks.ts';
import { parseMdstat } from '../../../../extensions/tables/src/lib/md/mdstat.ts';
import { parseModules } from '../../../../extensions/tables/src/lib/modules.ts';
import { parseMounts } from '../../../../extensions/tables/src/lib/mounts.ts';
import { parseNetdb } from '../../../../extensions/tables/src/lib/netdb.ts';
import { distributionOf, overriddenBy, parseOsRelease } from '../../../../extensions/tables/src/lib/os-release.ts';
import { parseGpt } from '../../../../extensions/tables/src/lib/partitions/gpt.ts';
import { parseMbr } from '../../../../extensions/tables/src/lib/partitions/mbr.ts';
import { parsePasswd } from '../../../../extensions/tables/src/lib/passwd.ts';
import { parentOf } from '../../../../extensions/tables/src/lib/paths.ts';
import { parseAtom } from '../../../../extensions/tables/src/lib/portage.ts';
import { privateKeyFacts } from '../../../../extensions/tables/src/lib/private-key.ts';
import {
  parseInetSockets,
  parsePacketSockets,
  parseUnixSockets,
} from '../../../../extensions/tables/src/lib/proc-net.ts';
import { parseCpuTimes } from '../../../../extensions/tables/src/lib/proc-stat.ts';
import { parseEnvironment } from '../../../../extensions/tables/src/lib/process/environment.ts';
import { parseMaps } from '../../../../extensions/tables/src/lib/process/maps.ts';
import * as processes from '../../../../extensions/tables/src/lib/process/parse.ts';
import { parseSamples } from '../../../../extensions/tables/src/lib/prometheus.ts';
import { parsePythonMetadata } from '../../../../extensions/tables/src/lib/python-metadata.ts';
import { parseResolvConf } from '../../../../extensions/tables/src/lib/resolver.ts';
import { bdbValues } from '../../../../extensions/tables/src/lib/rpm/bdb.ts';
import { filesOf } from '../../../../extensions/tables/src/lib/rpm/files.ts';
import { RpmHeader } from '../../../../extensions/tables/src/lib/rpm/header.ts';
import { ndbHeaders } from '../../../../extensions/tables/src/lib/rpm/ndb.ts';
import { parseAddress } from '../../../../extensions/tables/src/lib/rtnetlink/addresses.ts';
import { parseLink } from '../../../../extensions/tables/src/lib/rtnetlink/links.ts';
import { parseRoute } from '../../../../extensions/tables/src/lib/rtnetlink/routes.ts';
import { parseShadow } from '../../../../extensions/tables/src/lib/shadow.ts';
import { parseHistory } from '../../../../extensions/tables/src/lib/shell-history.ts';
import { parseSmbios } from '../../../../extensions/tables/src/lib/smbios.ts';
import { parseSshConfig } from '../../../../extensions/tables/src/lib/ssh-config.ts';
import { parseSudoers } from '../../../../extensions/tables/src/lib/sudoers.ts';
import { parseSysctlConf } from '../../../../extensions/tables/src/lib/sysctl.ts';
import { parseSegments } from '../../../../extensions/tables/src/lib/sysv-shm.ts';
import { abbreviationOf, footerOf } from '../../../../extensions/tables/src/lib/timezone.ts';
import { decodeUdev, parseUdevData } from '../../../../extensions/tables/src/lib/udev-data.ts';
import { parseLogins } from '../../../../extensions/tables/src/lib/utmp.ts';
import { readCertificate } from '../../../../extensions/tables/src/lib/x509/certificate.ts';
import { pemCertificates } from '../../../../extensions/tables/src/lib/x509/pem.ts';
import { extensionTexts } from '../../../../extensions/tables/src/lib/x509/text/extensions.ts';
import { readZipped } from '../../../../extensions/tables/src/lib/zip.ts';
import { fixture } from '../fixture.ts';
import { bdb, headers, ndbOf } from '../rpm-databases.ts';
import { numbersOf, structureOf } from '../smbios-table.ts';
import { zipOf } from '../zip.ts';

/** What reads a text; each of the values it makes is looked at. */
export type TextParser = (content: string) => unknown;

/** What reads bytes, with something it understands to start from. */
export interface BytesParser {
  readonly parse: (bytes: Buffer) => unknown;
  readonly seeds: readonly Buffer[];
  /** The parser says that it throws where the bytes are malformed, and its callers count that. */
  readonly throws?: boolean;
}

/** The parsers of texts. */
export const textParsers: Readonly<Record<string, TextParser>> = {
  parseRelease,
  parseSourceLines,
  parseSourceStanzas,
  parseAuthorizedKeys,
  parseCpuinfo,
  parseCrontab,
  parseDesktopEntry,
  expandBraces,
  // A part of a pattern that was not refused as a whole, and a name that a file system can hold.
  segmentMatcher: content => segmentMatcher(content.slice(0, longestPattern))(content.slice(0, 255)),
  parseGroups,
  parseHosts,
  parseIni: content => [...parseIni(content).values()].flatMap(section => [...section]),
  parseIomem,
  parsePluginXml,
  parseCommandLine,
  parseKeys,
  parseLimits,
  parseMdstat,
  parseModules,
  parseMounts,
  parseNetdb,
  parseOsRelease,
  distributionOf,
  overriddenBy: content => overriddenBy(distributionOf(''), content, 'rhel'),
  parentOf,
  parsePasswd,
  parseAtom,
  privateKeyFacts,
  parseInetSockets: content => parseInetSockets(content, 2, 6),
  parseUnixSockets,
  parsePacketSockets,
  parseCpuTimes,
  parseEnvironment,
  parseMaps,
  ...{ parseIo: processes.parseIo, parseCgroup: processes.parseCgroup, parseCmdline: processes.parseCmdline },
  parseStatus: processes.parseStatus,
  parseStat: processes.parseStat,
  parseSamples,
  parsePythonMetadata,
  parseResolvConf,
  parseShadow,
  parseHistory,
  parseSshConfig,
  parseSudoers,
  parseSysctlConf,
  parseSegments,
  abbreviationOf: content => abbreviationOf(content, 0),
  parseUdevData,
  decodeUdev,
  pemCertificates,
};

const slicer = (bytes: Buffer) => (offset: number, length: number) =>
  offset >= bytes.length ? Buffer.alloc(0) : bytes.subarray(offset, offset + length);

const certificates = [...pemCertificates(fixture('certificates.pem').toString())];
const jar = zipOf({ 'META-INF/plugin.xml': '<idea-plugin><name>One</name></idea-plugin>' });

/** Answers of a kernel in base64, by what they are about. */
type Recorded = Readonly<Record<'links' | 'routes' | 'addresses', readonly string[]>>;
const recorded: Recorded = JSON.parse(fixture('network/rtnetlink.json').toString());
const answers = (kind: keyof Recorded): Buffer[] => recorded[kind].map(text => Buffer.from(text, 'base64'));
const links = new Map(
  answers('links')
    .flatMap(parseLink)
    .flatMap(link => (link ? [[link.index, link] as const] : [])),
);
/** The parsers of bytes. */
export const bytesParsers: Readonly<Record<string, BytesParser>> = {
  dpkgStatus: {
    parse: bytes => parseStatus(bytes),
    seeds: [
      Buffer.from('Package: a\nStatus: install ok installed\nVersion: 1:2-3\nSource: b (2)\nDescription: x\n y\n\n'),
    ],
  },
  capabilityText: { parse: capabilityText, seeds: [Buffer.from('0100000200240000000000000000000000000000', 'hex')] },
  decodeReply: {
    parse: decodeReply,
    seeds: [Buffer.from('6c02010104000000010000000d0000000501750001000000080167000173000000000000', 'hex')],
    throws: true,
  },
  efiCertificates: {
    parse: efiCertificates,
    seeds: [Buffer.concat([Buffer.from('07000000a159c0a5e494a74a87b5ab155c2bf072', 'hex'), Buffer.alloc(200, 40)])],
  },
  parseExtSuperblock: { parse: parseExtSuperblock, seeds: [Buffer.alloc(1024, 0x53)] },
  parseEntries: { parse: parseEntries, seeds: [Buffer.alloc(600, 112)], throws: true },
  luksCipher: {
    parse: luksCipher,
    seeds: [
      Buffer.concat([
        Buffer.from('LUKS\xba\xbe\0\x02', 'latin1'),
        Buffer.alloc(4096),
        Buffer.from('{"segments":{"0":{"encryption":"aes"}}}'),
      ]),
    ],
  },
  parseGpt: {
    parse: bytes => parseGpt(slicer(bytes), 512),
    seeds: [Buffer.concat([Buffer.alloc(512), Buffer.from('EFI PART'), Buffer.alloc(2048, 1)])],
  },
  parseMbr: {
    parse: bytes => parseMbr(slicer(bytes)),
    seeds: [Buffer.concat([Buffer.alloc(446), Buffer.alloc(64, 5), Buffer.from([0x55, 0xaa]), Buffer.alloc(2048)])],
  },
  bdbValues: { parse: bytes => bdbValues(slicer(bytes)), seeds: [bdb().subarray(0, 65_536)] },
  ndbHeaders: { parse: bytes => ndbHeaders(slicer(bytes)), seeds: [ndbOf(headers)] },
  rpmFiles: { parse: bytes => filesOf(new RpmHeader(bytes)), seeds: headers },
  parseLink: { parse: parseLink, seeds: answers('links') },
  parseRoute: { parse: parseRoute, seeds: answers('routes') },
  parseAddress: { parse: bytes => parseAddress(bytes, links), seeds: answers('addresses') },
  parseSmbios: {
    parse: parseSmbios,
    seeds: [Buffer.concat([structureOf(17, numbersOf(40, { 16: 1 }), ['DIMM 0']), structureOf(127, [])])],
  },
  footerOf: { parse: footerOf, seeds: [Buffer.from('TZif2\0\0\nCET-1CEST,M3.5.0,M10.5.0/3\n')] },
  parseLogins: { parse: bytes => parseLogins(bytes), seeds: [fixture('wtmp')] },
  readCertificate: { parse: readCertificate, seeds: certificates, throws: true },
  extensionTexts: {
    parse: bytes =>
      extensionTexts(
        new Map([
          ['2.5.29.17', bytes],
          ['2.5.29.32', bytes],
          ['2.5.29.35', bytes],
          ['2.5.29.31', bytes],
          ['1.3.6.1.5.5.7.1.1', bytes],
          ['2.5.29.30', bytes],
        ]),
      ),
    seeds: certificates.slice(0, 3),
  },
  readZipped: {
    parse: bytes => readZipped(slicer(bytes), bytes.length, 'META-INF/plugin.xml', 65_536),
    seeds: [jar],
    throws: true,
  },
};
