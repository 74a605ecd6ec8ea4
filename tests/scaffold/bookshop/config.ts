import { z } from 'zod';
import { limitsSchema } from '../../../connectors/kit/index.ts';

/** Settings of one connection; every one with its default. */
export const config = z.strictObject({
  url: z.url().describe('Where the API is, without the paths of openapi/bookshop.yaml'),
  pageSize: z.int().min(2).max(1000).default(100).describe('Objects a page asks for'),
  timeoutMs: z.int().min(1000).max(120_000).default(30_000).describe('Deadline of one call'),
  limits: limitsSchema.prefault({}).describe('Calls the vendor allows; set what its documents say'),
});
export type Config = z.output<typeof config>;

export const secrets = z.strictObject({
  clientId: z.string().min(1),
  clientSecret: z.string().min(1),
  webhookSecret: z.string().min(1).describe('Signs what the vendor pushes'),
});
export type Secrets = z.output<typeof secrets>;
