import { keyModes } from './keys.ts';

/** A flag of this logger. */
export interface Flag {
  readonly default: string;
  readonly about: string;
  /** The values that will do; left out where any text will. */
  readonly values?: RegExp;
  /** What the values are, in words. */
  readonly expected?: string;
  /** Whether it is read from the command line and the flag file only: the AWS SDK has rules of its own for its variable. */
  readonly noVariable?: boolean;
  /** osquery's flag, taken so that its flag files work, without effect. */
  readonly idle?: boolean;
}

const truth = { values: /^(true|false)$/, expected: 'true or false' } as const;
const count = { values: /^[1-9]\d{0,8}$/, expected: 'a whole number from 1 on' } as const;
const idle = { default: '', about: '', idle: true } as const;

/** The flags by name. Those of osquery have its names, defaults and meanings. */
export const flags = {
  aws_kinesis_stream: { default: '', about: 'the stream; turns on the logger aws_kinesis' },
  aws_kinesis_region: { default: '', about: 'its region; otherwise --aws_region' },
  aws_kinesis_endpoint: {
    default: '',
    about: 'an address in the place of AWS’s own',
    values: /^(https?:\/\/.+)?$/,
    expected: 'a URL',
  },
  aws_kinesis_random_partition_key: {
    default: 'false',
    about: 'the same as --aws_kinesis_partition_key=random',
    ...truth,
  },
  aws_kinesis_partition_key: {
    default: 'host',
    about:
      'what partition keys are made of: host (the host identifier), query (the name of the query), host_query, or random',
    values: new RegExp(`^(${keyModes.join('|')})$`),
    expected: `one of ${keyModes.join(', ')}`,
  },
  aws_kinesis_order: {
    default: 'key',
    about:
      'key: records of one partition key arrive in order, one of them a request; none: requests are full, and a record that failed arrives late',
    values: /^(key|none)$/,
    expected: 'key or none',
  },
  aws_kinesis_lines_per_record: {
    default: '1',
    about: 'how many lines of one key share a record; from 2 on each ends with a line break',
    ...count,
  },
  aws_kinesis_max_record_kib: {
    default: '1024',
    about: 'the maximum record size of the stream, data and key; up to 10240',
    values: /^([1-9]\d{0,3}|10[01]\d\d|102[0-3]\d|10240)$/,
    expected: 'a whole number from 1 to 10240',
  },
  aws_kinesis_disable_log_status: { default: 'false', about: 'send results only', ...truth },
  aws_kinesis_period: idle,
  aws_firehose_stream: { default: '', about: 'the Firehose stream; turns on the logger aws_firehose' },
  aws_firehose_region: { default: '', about: 'its region; otherwise --aws_region' },
  aws_firehose_endpoint: {
    default: '',
    about: 'an address in the place of AWS’s own',
    values: /^(https?:\/\/.+)?$/,
    expected: 'a URL',
  },
  aws_firehose_lines_per_record: { default: '1', about: 'how many lines share a record', ...count },
  aws_firehose_period: idle,
  aws_region: { default: '', about: 'the region; otherwise that of the profile, otherwise us-east-1' },
  aws_profile_name: { default: '', about: 'the profile of ~/.aws/config and ~/.aws/credentials' },
  aws_access_key_id: { default: '', about: 'an access key, with the next one', noVariable: true },
  aws_secret_access_key: {
    default: '',
    about: 'its secret; better in a profile or a flag file than on a command line',
    noVariable: true,
  },
  aws_session_token: { default: '', about: 'its session token, if it has one', noVariable: true },
  aws_sts_arn_role: { default: '', about: 'a role to assume' },
  aws_sts_region: { default: '', about: 'the region of STS; otherwise that of the stream' },
  aws_sts_session_name: { default: 'default', about: 'the name of the session' },
  aws_sts_timeout: { default: '3600', about: 'how long a session lasts, seconds', ...count },
  aws_disable_imdsv1_fallback: {
    default: 'false',
    about: 'ask the metadata service of EC2 in version 2 only',
    ...truth,
  },
  aws_enforce_fips: { default: 'false', about: 'use the FIPS endpoints', ...truth },
  aws_enable_proxy: { default: 'false', about: 'connect through a proxy', ...truth },
  aws_proxy_scheme: { default: 'https', about: 'how to talk to it', values: /^https?$/, expected: 'http or https' },
  aws_proxy_host: { default: '', about: 'its host' },
  aws_proxy_port: { default: '0', about: 'its port', values: /^\d{1,5}$/, expected: 'a port number' },
  aws_proxy_username: { default: '', about: 'its user' },
  aws_proxy_password: { default: '', about: 'its password', noVariable: true },
  aws_debug: idle,
  aws_imdsv2_request_attempts: idle,
  aws_imdsv2_request_interval: idle,
  aws_logger_buffer_mib: { default: '8', about: 'how many MiB of lines are being sent; as many more wait', ...count },
  aws_logger_requests: { default: '4', about: 'how many requests are under way at once', ...count },
  aws_logger_request_timeout: { default: '10', about: 'how long a request may take, seconds', ...count },
  aws_logger_call_timeout: {
    default: '25',
    about: 'how long a call of the agent may take, seconds; the agent waits for 30',
    ...count,
  },
} as const satisfies Readonly<Record<string, Flag>>;

/** The name of a flag. */
export type FlagName = keyof typeof flags;

/** A flag by a name that may be none. */
export const flagOf = (name: string): Flag | undefined =>
  Object.hasOwn(flags, name) ? flags[name as FlagName] : undefined;
