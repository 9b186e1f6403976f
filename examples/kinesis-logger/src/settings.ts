import type { FlagValues } from './flag-values.ts';
import type { FlagName } from './flags.ts';
import type { KeyMode } from './keys.ts';

/** Where a stream is. */
export interface Target {
  readonly service: 'Kinesis' | 'Firehose';
  readonly stream: string;
  /** Undefined when the profile decides. */
  readonly region: string | undefined;
  /** Which flag or variable the region comes from. */
  readonly regionOrigin: string;
  readonly endpoint: string | undefined;
  readonly linesPerRecord: number;
}

/** What only Kinesis has. */
export interface KinesisTarget extends Target {
  readonly keys: KeyMode;
  readonly ordered: boolean;
  readonly recordBytes: number;
  readonly status: boolean;
}

/** Who the logger is to AWS, and how it gets there. */
export interface Access {
  readonly profile: string | undefined;
  readonly keys:
    | { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string }
    | undefined;
  readonly role:
    | {
        readonly arn: string;
        readonly session: string;
        readonly seconds: number;
        readonly region: string | undefined;
      }
    | undefined;
  readonly imdsv1: boolean;
  readonly fips: boolean;
  readonly proxy: URL | undefined;
}

/** How lines are sent. */
export interface Delivery {
  readonly bufferBytes: number;
  readonly requests: number;
  readonly requestMs: number;
  readonly callMs: number;
}

/** Everything the flags say. */
export interface Settings {
  readonly kinesis: KinesisTarget | undefined;
  readonly firehose: Target | undefined;
  readonly access: Access;
  readonly delivery: Delivery;
}

const bytesPerKib = 1024;
const bytesPerMib = bytesPerKib * bytesPerKib;

class Reader {
  readonly #values: FlagValues;

  constructor(values: FlagValues) {
    this.#values = values;
  }

  text(name: FlagName): string | undefined {
    return this.#values.text(name) || undefined;
  }

  is(name: FlagName): boolean {
    return this.#values.text(name) === 'true';
  }

  count(name: FlagName): number {
    return Number(this.#values.text(name));
  }

  /** The region of a service: its own flag, else the common one. */
  region(own: FlagName): Pick<Target, 'region' | 'regionOrigin'> {
    const name = this.text(own) === undefined ? 'aws_region' : own;
    const origin = this.#values.origin(name);
    return { region: this.text(name), regionOrigin: /^[A-Z]/.test(origin) ? origin : `--${name}` };
  }
}

const kinesisTarget = (read: Reader, stream: string): KinesisTarget => ({
  service: 'Kinesis',
  stream,
  ...read.region('aws_kinesis_region'),
  endpoint: read.text('aws_kinesis_endpoint'),
  linesPerRecord: read.count('aws_kinesis_lines_per_record'),
  keys: read.is('aws_kinesis_random_partition_key') ? 'random' : (read.text('aws_kinesis_partition_key') as KeyMode),
  ordered: read.text('aws_kinesis_order') === 'key',
  recordBytes: read.count('aws_kinesis_max_record_kib') * bytesPerKib,
  status: !read.is('aws_kinesis_disable_log_status'),
});

const firehoseTarget = (read: Reader, stream: string): Target => ({
  service: 'Firehose',
  stream,
  ...read.region('aws_firehose_region'),
  endpoint: read.text('aws_firehose_endpoint'),
  linesPerRecord: read.count('aws_firehose_lines_per_record'),
});

function proxyOf(read: Reader): URL | undefined {
  const host = read.text('aws_proxy_host');
  if (!read.is('aws_enable_proxy') || host === undefined) return undefined;
  const url = new URL(`${read.text('aws_proxy_scheme')}://${host}:${read.count('aws_proxy_port') || ''}`);
  url.username = read.text('aws_proxy_username') ?? '';
  url.password = read.text('aws_proxy_password') ?? '';
  return url;
}

function accessOf(read: Reader): Access {
  const [accessKeyId, secretAccessKey] = [read.text('aws_access_key_id'), read.text('aws_secret_access_key')];
  const sessionToken = read.text('aws_session_token');
  const arn = read.text('aws_sts_arn_role');
  return {
    profile: read.text('aws_profile_name'),
    keys:
      accessKeyId !== undefined && secretAccessKey !== undefined
        ? { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) }
        : undefined,
    role:
      arn === undefined
        ? undefined
        : {
            arn,
            session: read.text('aws_sts_session_name') ?? 'default',
            seconds: read.count('aws_sts_timeout'),
            region: read.text('aws_sts_region'),
          },
    imdsv1: !read.is('aws_disable_imdsv1_fallback'),
    fips: read.is('aws_enforce_fips'),
    proxy: proxyOf(read),
  };
}

/** What the flags lack together, a sentence each. */
function gaps(read: Reader): readonly string[] {
  const found: string[] = [];
  if (read.text('aws_kinesis_stream') === undefined && read.text('aws_firehose_stream') === undefined)
    found.push(
      'Stream name must be specified with --aws_kinesis_stream or --aws_firehose_stream: here, as AWS_KINESIS_STREAM or AWS_FIREHOSE_STREAM in the environment of the agent, or in the file that KINESIS_LOGGER_FLAGFILE names.',
    );
  if ((read.text('aws_access_key_id') === undefined) !== (read.text('aws_secret_access_key') === undefined))
    found.push('--aws_access_key_id and --aws_secret_access_key have to be given together.');
  if (read.is('aws_enable_proxy') && read.text('aws_proxy_host') === undefined)
    found.push('--aws_enable_proxy needs --aws_proxy_host.');
  return found;
}

/** Reads the flags. @returns everything that is wrong, a sentence each, instead of settings that will not do */
export function settingsOf(values: FlagValues): Settings | readonly string[] {
  const read = new Reader(values);
  const faults = [...values.faults, ...gaps(read)];
  if (faults.length > 0) return faults;
  const [kinesis, firehose] = [read.text('aws_kinesis_stream'), read.text('aws_firehose_stream')];
  return {
    kinesis: kinesis === undefined ? undefined : kinesisTarget(read, kinesis),
    firehose: firehose === undefined ? undefined : firehoseTarget(read, firehose),
    access: accessOf(read),
    delivery: {
      bufferBytes: read.count('aws_logger_buffer_mib') * bytesPerMib,
      requests: read.count('aws_logger_requests'),
      requestMs: read.count('aws_logger_request_timeout') * 1000,
      callMs: read.count('aws_logger_call_timeout') * 1000,
    },
  };
}
