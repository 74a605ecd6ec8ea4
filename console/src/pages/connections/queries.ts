import { queryOptions } from '@tanstack/react-query';
import { answer, answerWithTag, type HubSchemas, hub } from '../../api/client.ts';

export type Connection = HubSchemas['Connection'];
export type Change = HubSchemas['ConfigurationChange'];
export type Difference = HubSchemas['ConfigurationDifference'];
export type Mode = Connection['mode'];
export type Title = { readonly en: string; readonly zh: string };

export const connectionsQuery = queryOptions({
  queryKey: ['connections'],
  queryFn: ({ signal }) => answer(hub.GET('/v1/connections', { signal })),
});

export const healthQuery = queryOptions({
  queryKey: ['health'],
  queryFn: ({ signal }) => answer(hub.GET('/v1/health', { signal })),
  refetchInterval: 30_000,
});

export const connectorsQuery = queryOptions({
  queryKey: ['connectors'],
  queryFn: ({ signal }) => answer(hub.GET('/v1/connectors', { signal })),
  staleTime: Number.POSITIVE_INFINITY,
});

export const connectorQuery = (name: string) =>
  queryOptions({
    queryKey: ['connectors', name],
    queryFn: ({ signal }) => answer(hub.GET('/v1/connectors/{name}', { params: { path: { name } }, signal })),
    staleTime: Number.POSITIVE_INFINITY,
  });

export const connectionQuery = (id: string) =>
  queryOptions({
    queryKey: ['connections', id],
    queryFn: ({ signal }) => answer(hub.GET('/v1/connections/{id}', { params: { path: { id } }, signal })),
  });

export const limitsQuery = (id: string) =>
  queryOptions({
    queryKey: ['connections', id, 'limits'],
    queryFn: ({ signal }) =>
      answer(hub.GET('/v1/connections/{id}/limits', { params: { path: { id } }, signal })),
    refetchInterval: 15_000,
  });

export const objectsQuery = (id: string) =>
  queryOptions({
    queryKey: ['connections', id, 'objects'],
    queryFn: ({ signal }) =>
      answer(hub.GET('/v1/connections/{id}/objects', { params: { path: { id } }, signal })),
  });

export const objectQuery = (id: string, object: string) =>
  queryOptions({
    queryKey: ['connections', id, 'objects', object],
    queryFn: ({ signal }) =>
      answer(hub.GET('/v1/connections/{id}/objects/{object}', { params: { path: { id, object } }, signal })),
  });

/** As hub.yaml says it, with the version to name when it is changed. What somebody types is not overtaken by reading again. */
export const settingsQuery = (id: string) =>
  queryOptions({
    queryKey: ['connections', id, 'settings'],
    queryFn: ({ signal }) =>
      answerWithTag(hub.GET('/v1/connections/{id}/settings', { params: { path: { id } }, signal })),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });

export const configurationQuery = queryOptions({
  queryKey: ['configuration'],
  queryFn: ({ signal }) => answerWithTag(hub.GET('/v1/configuration', { signal })),
  staleTime: Number.POSITIVE_INFINITY,
  gcTime: 0,
});

/** A title in the language of the user. */
export function titleIn(title: Title | null, language: 'zh-CN' | 'en'): string {
  return title === null ? '' : language === 'zh-CN' ? title.zh : title.en;
}
