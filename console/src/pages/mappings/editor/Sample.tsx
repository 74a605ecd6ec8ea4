import { useQuery } from '@tanstack/react-query';
import { Alert, Select } from 'antd';
import { type ReactNode, useState } from 'react';
import { answer, type HubSchemas, hub } from '../../../api/client.ts';
import { Code, jsonText } from '../../../parts/Code.tsx';
import { usePersonal } from '../../../parts/Masked.tsx';
import { ProblemAlert } from '../../../parts/ProblemView.tsx';
import { Loading } from '../../../parts/QueryView.tsx';
import { momentText } from '../../../parts/time-text.ts';
import styles from '../mappings.module.css';
import { mappingRoute } from '../route.ts';
import { texts } from '../texts.ts';
import { useSettled } from './useSettled.ts';

type Value = Readonly<Record<string, unknown>>;

export interface SampleState {
  readonly text: string;
  /** Undefined while there is none, or what is typed is no object. */
  readonly value: Record<string, unknown> | undefined;
  /** Why what is typed is none. */
  readonly wrong: string | undefined;
  readonly choices: readonly { readonly value: string; readonly label: string }[];
  readonly chosen: string | undefined;
  readonly isLoading: boolean;
  readonly error: unknown;
  readonly choose: (id: string) => void;
  readonly type: (text: string) => void;
}

interface SampleOptions {
  readonly mapping: HubSchemas['Mapping'];
  readonly connection: string;
  readonly object: string;
  readonly way: 'in' | 'out';
}

const own = 'own';

/** What is run through the mapping: a real message or record, or what somebody types. Which one stands in the address. */
export function useSample({ mapping, connection, object, way }: SampleOptions): SampleState {
  const say = texts.useSay();
  const personal = usePersonal();
  const { sample } = mappingRoute.useSearch();
  const navigate = mappingRoute.useNavigate();
  const storeKey = `lianhub.sample.${mapping.name}.${way}`;
  const [typed, setTyped] = useState<Readonly<Record<string, string>>>({});
  const kept = typed[storeKey] ?? sessionStorage.getItem(storeKey) ?? undefined;

  const list = useQuery({
    queryKey: ['mapping-samples', connection, object, mapping.entity, way],
    queryFn: async ({ signal }) => {
      if (way === 'out') {
        const query = { entity: mapping.entity as 'order', limit: 50 };
        const { items } = await answer(hub.GET('/v1/records', { params: { query }, signal }));
        return items.map(({ id, number, updatedAt }) => ({ id, name: number ?? id, at: updatedAt }));
      }
      const query = { connection, object, limit: 100 };
      const { items } = await answer(hub.GET('/v1/inbox', { params: { query }, signal }));
      return items
        .filter(({ carries }) => carries)
        .map(({ id, remoteId, receivedAt }) => ({ id: String(id), name: remoteId, at: receivedAt }));
    },
  });
  const items = list.data ?? [];
  const chosen = sample ?? (items.length === 0 && list.data && kept !== undefined ? own : items[0]?.id);
  const isOwn = chosen === own;
  const read = useQuery({
    queryKey: ['mapping-sample', way, chosen, personal],
    queryFn: async ({ signal }): Promise<Value> => {
      const id = chosen ?? '';
      const params = { path: { id }, query: { personal } };
      if (way === 'out') return (await answer(hub.GET('/v1/records/{id}', { params, signal }))).data as Value;
      const { body } = await answer(hub.GET('/v1/inbox/{id}', { params, signal }));
      return (body ?? {}) as Value;
    },
    enabled: chosen !== undefined && !isOwn,
    staleTime: 60_000,
  });
  const text = isOwn ? (kept ?? '{}') : read.data === undefined ? '' : jsonText(read.data);
  const settled = useSettled(text);
  const parsed = parse(settled);
  const toOwn = (changed: string): void => {
    setTyped((now) => ({ ...now, [storeKey]: changed }));
    try {
      sessionStorage.setItem(storeKey, changed);
    } catch {
      // Then it lives as long as the page.
    }
    if (!isOwn) void navigate({ search: (now) => ({ ...now, sample: own }), replace: true });
  };
  return {
    text,
    ...parsed,
    choices: [
      ...items.map(({ id, name, at }) => ({ value: id, label: `${name} · ${momentText(at)}` })),
      { value: own, label: say('ownSample') },
    ],
    chosen,
    isLoading: list.isLoading || read.isLoading,
    error: list.error ?? read.error,
    choose: (id) => void navigate({ search: (now) => ({ ...now, sample: id }) }),
    type: toOwn,
  };
}

function parse(text: string): Pick<SampleState, 'value' | 'wrong'> {
  if (text === '') return { value: undefined, wrong: undefined };
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return { value: value as Record<string, unknown>, wrong: undefined };
    return { value: undefined, wrong: '' };
  } catch (error) {
    return { value: undefined, wrong: error instanceof Error ? error.message : '' };
  }
}

/** The left pane: choose what is run through the mapping, or type over it. */
export function Sample({
  sample,
  way,
}: {
  readonly sample: SampleState;
  readonly way: 'in' | 'out';
}): ReactNode {
  const say = texts.useSay();
  return (
    <div className={styles.column}>
      <Select
        showSearch={{ optionFilterProp: 'label' }}
        aria-label={say(way === 'in' ? 'chooseMessage' : 'chooseRecord')}
        placeholder={say(way === 'in' ? 'chooseMessage' : 'chooseRecord')}
        value={sample.chosen}
        options={[...sample.choices]}
        onChange={sample.choose}
      />
      {sample.error !== null && sample.error !== undefined && <ProblemAlert error={sample.error} />}
      {sample.choices.length === 1 && !sample.isLoading && (
        <Alert type="info" showIcon title={say(way === 'in' ? 'noMessages' : 'noRecords')} />
      )}
      {sample.wrong !== undefined && (
        <Alert type="warning" showIcon role="status" title={say('notAnObject')} description={sample.wrong} />
      )}
      <div className={styles.fill}>
        {sample.isLoading ? (
          <Loading />
        ) : (
          <Code
            value={sample.text}
            language="json"
            label={say('sample')}
            height="100%"
            onChange={sample.type}
          />
        )}
      </div>
    </div>
  );
}
