import { hostname } from 'node:os';
import type { LoggerDefinition } from '@outpost/sdk';
import { clientOptions, regionOf } from './client.ts';
import { explain, type Place } from './explain.ts';
import { firehoseRecordBytes, firehoseStream } from './firehose.ts';
import { Herald } from './herald.ts';
import { keyRule, noKeys } from './keys.ts';
import { kinesisStream } from './kinesis.ts';
import { streamLogger } from './logger.ts';
import { Meter } from './meter.ts';
import type { PackOptions } from './pack.ts';
import type { KinesisTarget, Settings, Target } from './settings.ts';
import { Shipper } from './shipper.ts';
import type { Stream } from './stream.ts';
import type { Metered } from './table.ts';

const backoff = { firstMs: 100, longestMs: 5000 };

/** A logger, with what watches and ends it. */
export interface OpenLogger extends Metered {
  readonly definition: LoggerDefinition;
  readonly shipper: Shipper;
}

/** What differs between the two services. */
interface Kind {
  readonly name: 'aws_kinesis' | 'aws_firehose';
  readonly stream: Stream;
  readonly packing: Omit<PackOptions, 'oversize'>;
  readonly status: boolean;
}

const placeOf = async (target: Target, settings: Settings): Promise<Place> => {
  const { service, stream, endpoint } = target;
  const { name, origin } = await regionOf(target, settings.access);
  return { service, stream, endpoint, region: name, regionOrigin: origin, profile: settings.access.profile };
};

function open(kind: Kind, place: Place, settings: Settings, version: () => Promise<string>): OpenLogger {
  const meter = new Meter();
  const herald = new Herald();
  const { stream, name } = kind;
  const explaining = (error: unknown) => explain(error, place);
  const shipper = new Shipper({ ...settings.delivery, stream, explain: explaining, meter, herald, backoff });
  const description = `Sends all log lines to the ${place.service} stream ${place.stream}.`;
  const definition = streamLogger({ ...kind, description, shipper, meter, herald, version });
  return { logger: name, place, meter, definition, shipper };
}

async function openKinesis(target: KinesisTarget, settings: Settings, version: () => Promise<string>) {
  const place = await placeOf(target, settings);
  const { recordBytes, linesPerRecord, status } = target;
  const stream = kinesisStream(target.stream, recordBytes, clientOptions(target, place.region, settings));
  const keys = keyRule(target.keys, hostname(), target.ordered);
  const packing = { keys, linesPerRecord, recordBytes, terminator: linesPerRecord > 1 ? '\n' : '' } as const;
  return open({ name: 'aws_kinesis', stream, packing, status }, place, settings, version);
}

async function openFirehose(target: Target, settings: Settings, version: () => Promise<string>) {
  const place = await placeOf(target, settings);
  const stream = firehoseStream(target.stream, clientOptions(target, place.region, settings));
  const { linesPerRecord } = target;
  const packing = { keys: noKeys, linesPerRecord, recordBytes: firehoseRecordBytes, terminator: '\n' } as const;
  return open({ name: 'aws_firehose', stream, packing, status: true }, place, settings, version);
}

/** Opens the loggers whose streams the settings name. @param version gives the version of the agent */
export async function openLoggers(settings: Settings, version: () => Promise<string>): Promise<readonly OpenLogger[]> {
  const { kinesis, firehose } = settings;
  const opening = [
    ...(kinesis === undefined ? [] : [openKinesis(kinesis, settings, version)]),
    ...(firehose === undefined ? [] : [openFirehose(firehose, settings, version)]),
  ];
  return Promise.all(opening);
}
