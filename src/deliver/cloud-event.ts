/**
 * Events as CloudEvents 1.0 in structured JSON. Written by hand, because an event of ours is a handful of attributes that
 * are known to be good; the library validates each one against a schema when it is made. Pure.
 */
import type { HubEvent } from '../events/event.ts';

/** The content type of what `cloudEvent` makes. */
export const cloudEventType = 'application/cloudevents+json; charset=utf-8';

/** Largest body that is sent, bytes; above it the data travels as a reference. */
export const largestBody = 256 * 1024;

/** Where the schema of an event's data is published, below the address of the hub. */
export function schemaPath(type: string, version: number): string {
  return `/v1/event-types/${encodeURIComponent(type)}/${version}`;
}

/**
 * One event as the JSON text of a CloudEvent. `subject` is the record, `partitionkey` what order is kept within.
 * @param publicUrl where others reach this hub; without it source and schema are named by URN.
 * @param link instead of the data: where it can be fetched (extension `dataref`).
 */
export function cloudEvent(event: HubEvent, publicUrl?: string, link?: string): string {
  const home = publicUrl?.replace(/\/+$/, '');
  return JSON.stringify({
    specversion: '1.0',
    id: event.id,
    source: home ?? 'urn:lianhub',
    type: event.type,
    time: event.occurredAt,
    ...(event.subject === null ? {} : { subject: event.subject }),
    ...(event.key === null ? {} : { partitionkey: event.key }),
    datacontenttype: 'application/json',
    dataschema:
      home === undefined
        ? `urn:lianhub:event-type:${event.type}:${event.version}`
        : home + schemaPath(event.type, event.version),
    ...(link === undefined ? { data: event.data } : { dataref: link }),
  });
}
