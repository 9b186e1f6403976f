import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { KinesisClient } from '@aws-sdk/client-kinesis';
import { fromNodeProviderChain, fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { Access, Settings, Target } from './settings.ts';

/** osquery's region when nobody names one. */
const lastRegion = 'us-east-1';
const connectMs = 5000;

/** The region of a stream, and where it comes from. */
export async function regionOf(target: Target, { profile }: Access): Promise<{ name: string; origin: string }> {
  if (target.region !== undefined) return { name: target.region, origin: target.regionOrigin };
  const asked = new KinesisClient({ ...(profile !== undefined && { profile }) });
  try {
    return { name: await asked.config.region(), origin: 'the AWS profile' };
  } catch {
    return { name: lastRegion, origin: 'the default, which --aws_region changes' }; // no profile names one
  } finally {
    asked.destroy();
  }
}

/** The credentials in osquery's order: keys of the flags, the profile, and the chain of the AWS SDK; with a role, these assume it. */
function credentialsOf(access: Access, region: string) {
  const { keys, profile, role, imdsv1 } = access;
  const chain = { ...(profile !== undefined && { profile }), ec2MetadataV1Disabled: !imdsv1 };
  const own = keys ?? fromNodeProviderChain(chain);
  if (role === undefined) return own;
  return fromTemporaryCredentials({
    masterCredentials: own,
    params: { RoleArn: role.arn, RoleSessionName: role.session, DurationSeconds: role.seconds },
    clientConfig: { region: role.region ?? region, requestHandler: handlerOf(access, connectMs) },
  });
}

const handlerOf = ({ proxy }: Access, requestMs: number, sockets = 1): NodeHttpHandler => {
  const proxyEnv = proxy === undefined ? undefined : { HTTP_PROXY: proxy.href, HTTPS_PROXY: proxy.href };
  const options = { keepAlive: true, maxSockets: sockets, ...(proxyEnv !== undefined && { proxyEnv }) };
  return new NodeHttpHandler({
    connectionTimeout: Math.min(connectMs, requestMs),
    requestTimeout: requestMs,
    throwOnRequestTimeout: true,
    httpAgent: new HttpAgent(options),
    httpsAgent: new HttpsAgent(options),
  });
};

/** What a client of a service is made with. The shipper tries again by itself, so the client does not. */
export function clientOptions(target: Target, region: string, { access, delivery }: Settings) {
  return {
    region,
    ...(target.endpoint !== undefined && { endpoint: target.endpoint }),
    credentials: credentialsOf(access, region),
    useFipsEndpoint: access.fips,
    maxAttempts: 1,
    requestHandler: handlerOf(access, delivery.requestMs, delivery.requests),
  };
}
