import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { installExamples } from '../../../scripts/example-packages.ts';
import { FirehoseService } from './firehose.ts';
import { FaultyServer } from './http.ts';
import { linesOf } from './load.ts';
import { bareEnvironment, LoggerTrial, loggerProgram, withCredentials } from './trial.ts';

await installExamples();

const stream = 'logs';

const folder = (context: TestContext): ((name: string, content: string) => string) => {
  const directory = mkdtempSync(join(tmpdir(), 'access-'));
  context.after(() => rmSync(directory, { recursive: true, force: true }));
  return (name, content) => {
    const path = join(directory, name);
    writeFileSync(path, content, { mode: 0o600 });
    return path;
  };
};

/** A service, and what leads to it. */
const serve = async (context: TestContext) => {
  const service = new FirehoseService(stream);
  const front = await new FaultyServer(service.handle).start();
  context.after(() => front.stop());
  return { service, front, flags: [`--aws_firehose_stream=${stream}`, `--aws_firehose_endpoint=${front.url}`] };
};

/** Logs one line with a logger of its own. @returns what the logger said */
const logOne = async (flags: readonly string[], environment?: NodeJS.ProcessEnv): Promise<string> => {
  await using trial = await LoggerTrial.start('aws_firehose', flags, environment);
  await trial.log(linesOf(1, 1));
  return trial.stderr;
};

const credentialOf = (
  { headers }: { readonly headers: IncomingMessage['headers'] } | undefined = { headers: {} },
): string => /Credential=([^/]+\/\d+\/[^/]+)/.exec(String(headers.authorization))?.[1]?.replace(/\d+/, 'DAY') ?? '';

const served = async (context: TestContext, server: Server): Promise<string> => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

test('flags that will not do are all named, and end the program', () => {
  const words = [
    '--aws_kinesis_partition_key=hosts',
    '--aws_logger_requests',
    '0',
    '--aws_access_key_id=x',
    '--aws_enable_proxy',
  ];
  const { status, stderr } = spawnSync(process.execPath, [loggerProgram, ...words], {
    encoding: 'utf8',
    env: bareEnvironment(),
  });
  assert.equal(status, 1);
  assert.deepEqual(stderr.trim().split('\n'), [
    'kinesis-logger: --aws_kinesis_partition_key (command line) has to be one of host, query, host_query, random, not "hosts".',
    'kinesis-logger: --aws_logger_requests (command line) has to be a whole number from 1 on, not "0".',
    'kinesis-logger: Stream name must be specified with --aws_kinesis_stream or --aws_firehose_stream: here, as AWS_KINESIS_STREAM or AWS_FIREHOSE_STREAM in the environment of the agent, or in the file that KINESIS_LOGGER_FLAGFILE names.',
    'kinesis-logger: --aws_access_key_id and --aws_secret_access_key have to be given together.',
    'kinesis-logger: --aws_enable_proxy needs --aws_proxy_host.',
  ]);
});

test('a flag that nobody knows ends the program', () => {
  const words = [loggerProgram, '--socket', '/nonexistent', '--aws_kinesis_stream=s', '--aws_kinesis_strem=t'];
  const { status, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8', env: bareEnvironment() });
  assert.equal(status, 1);
  assert.match(stderr, /kinesis-logger: .*it does not know --aws_kinesis_strem=t/);
});

test('--help lists the flags', () => {
  const { status, stdout } = spawnSync(process.execPath, [loggerProgram, '--help'], { encoding: 'utf8' });
  assert.equal(status, 0);
  assert.match(stdout, /--aws_kinesis_partition_key=host\n/);
  assert.doesNotMatch(stdout, /aws_kinesis_period/);
});

test('a flag file of osquery is read, and the environment counts before it', async context => {
  const { service, front } = await serve(context);
  const file = folder(context)(
    'flags',
    `--logger_plugin=aws_firehose\n# ours\n--aws_firehose_stream=other\n--aws_firehose_endpoint=${front.url}\n--aws_firehose_period=5\n` +
      '--aws_access_key_id=FROMFILE\n--aws_secret_access_key=s\n--aws_region=eu-west-3\n',
  );
  const environment = { ...bareEnvironment(), KINESIS_LOGGER_FLAGFILE: file, AWS_FIREHOSE_STREAM: stream };
  const said = await logOne([], environment);
  assert.equal(service.records.length, 1);
  assert.equal(credentialOf(front.requests[0]), 'FROMFILE/DAY/eu-west-3');
  assert.match(said, /aws_firehose writes to the stream logs in eu-west-3 \(from --aws_region\)/);
  assert.match(said, /no effect here: aws_firehose_period\./);
});

test('a profile gives credentials and region', async context => {
  const { front, flags } = await serve(context);
  const write = folder(context);
  const environment = {
    ...withCredentials(),
    AWS_CONFIG_FILE: write('config', '[profile agent]\nregion = ap-south-1\n'),
    AWS_SHARED_CREDENTIALS_FILE: write(
      'credentials',
      '[agent]\naws_access_key_id = PROFILE\naws_secret_access_key = s\n',
    ),
  };
  const said = await logOne([...flags, '--aws_profile_name=agent'], environment);
  assert.equal(credentialOf(front.requests[0]), 'PROFILE/DAY/ap-south-1');
  assert.match(said, /\(from the AWS profile\)/);
});

test('without any region it is us-east-1, as in osquery', async context => {
  const { front, flags } = await serve(context);
  const said = await logOne(flags);
  assert.equal(credentialOf(front.requests[0]), 'AKIDEXAMPLE/DAY/us-east-1');
  assert.match(said, /us-east-1 \(from the default, which --aws_region changes\)/);
});

test('a role is assumed with the credentials', async context => {
  const { front, flags } = await serve(context);
  const asked: string[] = [];
  const expiration = new Date(Date.now() + 3_600_000).toISOString();
  const sts = createServer((request, response) => {
    request.setEncoding('utf8').on('data', (text: string) => asked.push(text));
    request.on('end', () =>
      response
        .writeHead(200, { 'content-type': 'text/xml' })
        .end(
          '<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>' +
            `<AccessKeyId>ASSUMED</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>token-1</SessionToken><Expiration>${expiration}</Expiration>` +
            '</Credentials></AssumeRoleResult></AssumeRoleResponse>',
        ),
    );
  });
  const environment = { ...withCredentials(), AWS_ENDPOINT_URL_STS: await served(context, sts) };
  const role = [
    '--aws_sts_arn_role=arn:aws:iam::123456789012:role/logs',
    '--aws_sts_session_name=agent',
    '--aws_sts_timeout=900',
  ];
  await logOne([...flags, ...role, '--aws_region=us-west-2'], environment);
  const wanted = new URLSearchParams(asked.join(''));
  assert.equal(wanted.get('RoleArn'), 'arn:aws:iam::123456789012:role/logs');
  assert.equal(wanted.get('RoleSessionName'), 'agent');
  assert.equal(wanted.get('DurationSeconds'), '900');
  assert.equal(credentialOf(front.requests[0]), 'ASSUMED/DAY/us-west-2');
  assert.equal(front.requests[0]?.headers['x-amz-security-token'], 'token-1');
});

test('a proxy is used', async context => {
  const { service, flags } = await serve(context);
  const through: string[] = [];
  const proxy = createServer((request, response) => {
    through.push(`${request.method} ${request.headers['proxy-authorization']}`);
    const target = new URL(String(request.url));
    const onward = connect(Number(target.port), target.hostname, () => {
      const headers = Object.entries({ ...request.headers, connection: 'close' }).map(
        ([name, value]) => `${name}: ${value}\r\n`,
      );
      onward.write(`POST ${target.pathname} HTTP/1.1\r\n${headers.join('')}\r\n`);
      request.pipe(onward, { end: false });
      onward.pipe(response.socket as NonNullable<typeof response.socket>);
    });
  });
  const { port, hostname } = new URL(await served(context, proxy));
  const way = [
    '--aws_enable_proxy',
    '--aws_proxy_scheme=http',
    `--aws_proxy_host=${hostname}`,
    `--aws_proxy_port=${port}`,
  ];
  await logOne([...flags, ...way, '--aws_proxy_username=u', '--aws_proxy_password=p']);
  assert.equal(service.records.length, 1);
  assert.deepEqual(through, [`POST Basic ${Buffer.from('u:p').toString('base64')}`]);
});

/** What a call that fails says. */
const failureOf = async (flags: readonly string[], environment?: NodeJS.ProcessEnv): Promise<string> => {
  await using trial = await LoggerTrial.start('aws_firehose', [...flags, '--aws_logger_call_timeout=1'], environment);
  return await trial.log(linesOf(1, 1)).then(
    () => assert.fail('the call succeeded'),
    (error: Error) => error.message,
  );
};

test('what is wrong is said with what to do about it', async context => {
  const { front, flags } = await serve(context);
  const write = folder(context);
  const closed = await new FaultyServer(async () => ({ status: 500, body: {} })).start();
  await closed.stop();
  const noKeys = bareEnvironment();
  await context.test('no credentials', async () =>
    assert.match(
      await failureOf(flags, noKeys),
      /^There are no AWS credentials: .*\. Give the machine a role, name a profile with --aws_profile_name, or set AWS_ACCESS_KEY_ID/,
    ),
  );
  await context.test('a profile that is not there', async () => {
    const environment = { ...noKeys, AWS_CONFIG_FILE: write('config', '') };
    assert.match(
      await failureOf([...flags, '--aws_profile_name=nobody'], environment),
      /^There are no AWS credentials in the profile nobody: .*Look into ~\/.aws\/config/,
    );
  });
  await context.test('nobody listens', async () =>
    assert.match(
      await failureOf([`--aws_firehose_stream=s`, `--aws_firehose_endpoint=${closed.url}`]),
      /^1 of 1 lines were not taken within 1 s\. Nobody listens at http:\/\/127\.0\.0\.1:\d+\. Start it, or correct --aws_firehose_endpoint\.$/,
    ),
  );
  await context.test('a region that is not there', async () =>
    assert.match(
      await failureOf([`--aws_firehose_stream=s`, '--aws_region=xx-nowhere-1']),
      /The host of https:\/\/firehose\.xx-nowhere-1\.amazonaws\.com is not known\. Look whether the region xx-nowhere-1 \(from --aws_region\) exists/,
    ),
  );
  const answers = {
    AccessDeniedException:
      /^AWS does not let this user write to the Firehose stream logs: no\. Allow firehose:PutRecordBatch/,
    UnrecognizedClientException: /^AWS does not accept the credentials: no\. Renew or correct them/,
    InvalidArgumentException: /^Firehose refuses the request: no\. Look at --aws_firehose_stream/,
    InvalidKMSResourceException: /^The encryption key of the Firehose stream logs cannot be used: no\./,
  };
  for (const [type, words] of Object.entries(answers))
    await context.test(type, async () => {
      front.fault = () => ({ kind: 'error', status: 400, type, message: 'no' });
      assert.match(await failureOf(flags), words);
    });
});
