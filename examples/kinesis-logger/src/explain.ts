import { Trouble, type TroubleWords } from './trouble.ts';

/** What messages about a stream name. */
export interface Place {
  readonly service: 'Kinesis' | 'Firehose';
  readonly stream: string;
  readonly region: string;
  /** Which flag, variable or profile the region comes from. */
  readonly regionOrigin: string;
  readonly endpoint: string | undefined;
  /** The profile that was asked for credentials, if one was named. */
  readonly profile: string | undefined;
}

type Words = (place: Place, said: string) => TroubleWords;

const flagOf = ({ service }: Place, name: string): string => `--aws_${service.toLowerCase()}_${name}`;
const permissionOf = ({ service }: Place): string =>
  service === 'Kinesis' ? 'kinesis:PutRecords' : 'firehose:PutRecordBatch';
const addressOf = ({ endpoint, service, region }: Place): string =>
  endpoint ?? `https://${service.toLowerCase()}.${region}.amazonaws.com`;
const whole = (said: string): string => (/[.!?]$/.test(said) ? said : `${said}.`);

const unknownStream: Words = place => ({
  message: `There is no ${place.service} stream ${place.stream} in the region ${place.region} (from ${place.regionOrigin}) of this account.`,
  remedy: `Create it, or name the right one with ${flagOf(place, 'stream')} and ${flagOf(place, 'region')}.`,
});
const forbidden: Words = (place, said) => ({
  message: `AWS does not let this user write to the ${place.service} stream ${place.stream}: ${whole(said)}`,
  remedy: `Allow ${permissionOf(place)} on the stream, or use other credentials.`,
});
const noCredentials: Words = ({ profile }, said) => ({
  message: `There are no AWS credentials${profile === undefined ? '' : ` in the profile ${profile}`}: ${whole(said)}`,
  remedy:
    profile === undefined
      ? 'Give the machine a role, name a profile with --aws_profile_name, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment of the agent.'
      : 'Look into ~/.aws/config and ~/.aws/credentials of the user that the agent runs as, and at --aws_profile_name.',
});
const badCredentials: Words = (_place, said) => ({
  message: `AWS does not accept the credentials: ${whole(said)}`,
  remedy: 'Renew or correct them; if they are right, look at the clock of this machine.',
});
const throttled: Words = (place, said) => ({
  message: `The ${place.service} stream ${place.stream} takes less than there is: ${whole(said)}`,
  remedy:
    place.service === 'Kinesis'
      ? 'Nothing is lost. If it lasts, give the stream more shards, spread keys with --aws_kinesis_partition_key, or send more lines a record with --aws_kinesis_lines_per_record.'
      : 'Nothing is lost. If it lasts, ask AWS for a higher quota, or send more lines a record with --aws_firehose_lines_per_record.',
  passing: true,
  throttled: true,
});
const keyTrouble: Words = (place, said) => ({
  message: `The encryption key of the ${place.service} stream ${place.stream} cannot be used: ${whole(said)}`,
  remedy: 'Enable the KMS key, and allow kms:GenerateDataKey on it.',
});
const refusedConnection: Words = place => ({
  message: `Nobody listens at ${addressOf(place)}.`,
  remedy: `Start it, or correct ${flagOf(place, 'endpoint')}.`,
  passing: true,
});
const unknownHost: Words = place => ({
  message: `The host of ${addressOf(place)} is not known.`,
  remedy:
    place.endpoint === undefined
      ? `Look whether the region ${place.region} (from ${place.regionOrigin}) exists, and whether this machine can resolve names.`
      : `Correct ${flagOf(place, 'endpoint')}, or look whether this machine can resolve names.`,
  passing: true,
});
const broken: Words = (place, said) => ({
  message: `The connection to ${addressOf(place)} broke: ${whole(said)}`,
  remedy: 'The lines are sent again. If it lasts, look at the network, firewalls and proxies in between.',
  passing: true,
});
const slow: Words = place => ({
  message: `${addressOf(place)} did not answer in time.`,
  remedy:
    'The lines are sent again. If it lasts, look at the network and at the health of the service, or raise --aws_logger_request_timeout.',
  passing: true,
});
const ill: Words = (place, said) => ({
  message: `${addressOf(place)} failed: ${whole(said)}`,
  remedy: 'The lines are sent again. If it lasts, look at the health of the service.',
  passing: true,
});
const refused: Words = (place, said) => ({
  message: `${place.service} refuses the request: ${whole(said)}`,
  remedy: `Look at ${flagOf(place, 'stream')} and ${place.service === 'Kinesis' ? '--aws_kinesis_max_record_kib' : flagOf(place, 'endpoint')}.`,
});

const table: readonly (readonly [codes: RegExp, words: Words])[] = [
  [/^ResourceNotFoundException$/, unknownStream],
  [
    /^(KMSThrottling|LimitExceeded|ProvisionedThroughputExceeded|Throttling|RequestLimitExceeded|TooManyRequests|SlowDown)/,
    throttled,
  ],
  [/^ServiceUnavailable/, throttled],
  [/^KMS|^InvalidKMS/, keyTrouble],
  [/^(AccessDenied|UnauthorizedOperation|NotAuthorized)/, forbidden],
  [/^CredentialsProviderError$/, noCredentials],
  [
    /^(UnrecognizedClient|InvalidSignature|IncompleteSignature|SignatureDoesNotMatch|ExpiredToken|InvalidClientTokenId|MissingAuthenticationToken|RequestExpired|AuthFailure|OptInRequired)/,
    badCredentials,
  ],
  [/^ECONNREFUSED$/, refusedConnection],
  [/^(ENOTFOUND|EAI_AGAIN)$/, unknownHost],
  [/^(TimeoutError|ETIMEDOUT|RequestTimeout.*|AbortError)$/, slow],
  [
    /^(ECONN\w+|EPIPE|EHOSTUNREACH|ENETUNREACH|ERR_SSL.*|ERR_TLS.*|CERT_.*|DEPTH_ZERO.*|SELF_SIGNED.*|UNABLE_TO.*|HPE_.*)$/,
    broken,
  ],
  [/^(Internal|ServiceFailure|ServiceException)/, ill],
];

interface Said {
  readonly name?: unknown;
  readonly code?: unknown;
  readonly message?: unknown;
  readonly errors?: readonly Said[];
  readonly cause?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Says in words what the client of a service threw, or why the service did not take a record. */
export function explain(error: unknown, place: Place): Trouble {
  const said = (typeof error === 'object' && error !== null ? error : {}) as Said;
  const inner = said.errors?.[0] ?? said;
  const names = [textOf(inner.code), textOf(said.code), textOf(said.name)].filter(name => name !== '');
  const message = textOf(inner.message) || textOf(said.message) || names.join(' ') || String(error);
  for (const [codes, words] of table) {
    const code = names.find(name => codes.test(name));
    if (code !== undefined) return new Trouble(code, words(place, message), { cause: error });
  }
  const status = said.$metadata?.httpStatusCode ?? 0;
  const words = status >= 400 && status < 500 ? refused : ill;
  return new Trouble(names.at(-1) ?? 'UNKNOWN', words(place, message), { cause: error });
}
