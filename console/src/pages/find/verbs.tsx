/** What people do with records and their copies day by day: each says what it will do, asks why, and says what it did. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Checkbox, DatePicker, Form, Input, Select } from 'antd';
import type { Dayjs } from 'dayjs';
import { type ReactNode, useState } from 'react';
import type { paths } from '../../../../openapi/generated/hub.d.ts';
import { answer, type HubSchemas, hub } from '../../api/client.ts';
import { useAction } from '../../parts/ActionDialog.tsx';
import { fieldWords, useWords } from '../../parts/model-words.ts';
import { QueryView } from '../../parts/QueryView.tsx';
import { Sentence, useSayOf } from '../../parts/Sentence.tsx';
import styles from './find.module.css';
import { texts } from './texts.ts';

/** The record something is done with. */
export interface Meant {
  readonly id: string;
  readonly entity: string;
  readonly number: string | null;
}

/** Its copy in a system. */
export interface MeantCopy {
  readonly connection: string;
  readonly object: string;
  readonly remoteId: string | null;
  readonly remoteNumber: string | null;
}

type Foreseen = HubSchemas['ForeseenCopy'];
type EntityName = NonNullable<NonNullable<paths['/v1/records']['get']['parameters']['query']>['entity']>;

/** What the pages here read; anew after each action. */
export const pagesKey = 'find-page';

export interface Verbs {
  push(record: Meant, copy: MeantCopy): void;
  fetch(record: Meant, copy: MeantCopy): void;
  hold(record: Meant, copy?: MeantCopy): void;
  release(record: Meant, copy?: MeantCopy): void;
  /** @param dates fields of the document that can be moved */
  redate(record: Meant, dates: readonly string[]): void;
  bind(record: Meant, copy: MeantCopy): void;
  unbind(record: Meant, copy: MeantCopy): void;
}

export function useVerbs(): Verbs {
  const say = texts.useSay();
  const words = useWords();
  const act = useAction();
  const queries = useQueryClient();
  const nameOf = ({ entity, number, id }: Meant): string => `${words('entity', entity)} ${number ?? id}`;
  const after = async (): Promise<void> => {
    await Promise.all([
      queries.invalidateQueries({ queryKey: [pagesKey] }),
      queries.invalidateQueries({ queryKey: ['list', pagesKey] }),
    ]);
  };
  /** Asked for by the API of what is only looked at, too; kept nowhere. */
  const look = { reason: say('looking'), dryRun: true } as const;
  const ofRecord = ({ id }: Meant) => ({ path: { id } });

  return {
    push(record, { connection, object }) {
      const chosen = { whole: false };
      const ask = (given: { reason: string; dryRun: boolean }) =>
        answer(
          hub.POST('/v1/records/{id}/push', {
            params: ofRecord(record),
            body: { connection, object, ...chosen, ...given },
          }),
        );
      act({
        title: say('pushTitle', { what: nameOf(record), connection }),
        verb: say('push'),
        what: say('pushWhat'),
        fields: (
          <PushFields
            onWhole={(whole) => {
              chosen.whole = whole;
            }}
            preview={() => ask(look)}
          />
        ),
        reason: 'required',
        run: ({ reason }) => ask({ reason, dryRun: false }),
        done: ({ copies }) => <ForeseenList copies={copies} />,
        after,
      });
    },
    fetch(record, { connection, object, remoteId }) {
      const ask = (given: { reason: string; dryRun: boolean }) =>
        answer(hub.POST('/v1/fetches', { body: { connection, object, ids: [remoteId ?? ''], ...given } }));
      act({
        title: say('fetchTitle', { what: nameOf(record), connection }),
        verb: say('fetch'),
        what: say('fetchWhat'),
        preview: () => ask(look),
        showPreview: (told) => say('fetchPreview', { object: told.object, ids: (told.ids ?? []).join(', ') }),
        reason: 'required',
        run: ({ reason }) => ask({ reason, dryRun: false }),
        done: () => say('fetched'),
        after,
      });
    },
    hold(record, copy) {
      const place = copy === undefined ? {} : { connection: copy.connection, object: copy.object };
      const ask = (given: { reason: string; dryRun: boolean }) =>
        answer(hub.POST('/v1/records/{id}/hold', { params: ofRecord(record), body: { ...place, ...given } }));
      act({
        title:
          copy === undefined
            ? say('holdTitle', { what: nameOf(record) })
            : say('holdTitleIn', { what: nameOf(record), connection: copy.connection }),
        verb: say('hold'),
        what: say('holdWhat'),
        preview: () => ask(look),
        showPreview: ({ copies }) => (
          <Places lead={say('holdPreview', { count: copies.length })} copies={copies} />
        ),
        reason: 'required',
        run: ({ reason }) => ask({ reason, dryRun: false }),
        done: () => say('heldNow'),
        after,
      });
    },
    release(record, copy) {
      const place = copy === undefined ? {} : { connection: copy.connection, object: copy.object };
      const ask = (given: { reason: string; dryRun: boolean }) =>
        answer(
          hub.POST('/v1/records/{id}/release', { params: ofRecord(record), body: { ...place, ...given } }),
        );
      act({
        title:
          copy === undefined
            ? say('releaseTitle', { what: nameOf(record) })
            : say('releaseTitleIn', { what: nameOf(record), connection: copy.connection }),
        verb: say('release'),
        what: say('releaseWhat'),
        preview: () => ask(look),
        isNothing: ({ holds }) => holds === 0,
        showPreview: ({ holds, copies }) => (
          <Places lead={say('releasePreview', { count: holds })} copies={copies} />
        ),
        reason: 'required',
        run: ({ reason }) => ask({ reason, dryRun: false }),
        done: () => say('releasedNow'),
        after,
      });
    },
    redate(record, dates) {
      const chosen: { field: string; to: string | null } = { field: dates[0] ?? 'postingDate', to: null };
      const ask = (given: { reason: string; dryRun: boolean }) =>
        answer(
          hub.POST('/v1/redates', {
            body: {
              entity: record.entity as EntityName,
              records: [record.id],
              field: chosen.field as 'postingDate' | 'businessDate',
              to: chosen.to,
              ...given,
            },
          }),
        );
      act({
        title: say('redateTitle', { what: nameOf(record) }),
        verb: say('redate'),
        what: say('redateWhat'),
        fields: (
          <RedateFields
            dates={dates}
            first={chosen.field}
            onChange={(given) => Object.assign(chosen, given)}
            preview={() => ask(look)}
          />
        ),
        reason: 'required',
        run: ({ reason }) => ask({ reason, dryRun: false }),
        done: (told) => <RedateTold told={told} isDone />,
        after,
      });
    },
    bind(record, { connection, object }) {
      const chosen: { remoteId?: string; remoteNumber?: string } = {};
      const ask = (given: { reason: string; dryRun: boolean }) =>
        answer(
          hub.POST('/v1/records/{id}/bind', {
            params: ofRecord(record),
            body: { connection, object, ...chosen, ...given },
          }),
        );
      act({
        title: say('bindTitle', { what: nameOf(record), connection }),
        verb: say('bind'),
        what: say('bindWhat'),
        fields: (
          <BindFields
            onChange={({ number, id }) => {
              delete chosen.remoteId;
              delete chosen.remoteNumber;
              Object.assign(
                chosen,
                id === '' ? {} : { remoteId: id },
                number === '' ? {} : { remoteNumber: number },
              );
            }}
            preview={() => ask(look)}
          />
        ),
        reason: 'required',
        run: ({ reason }) => ask({ reason, dryRun: false }),
        done: ({ remoteNumber, remoteId }) => say('bound', { id: remoteNumber ?? remoteId }),
        after,
      });
    },
    unbind(record, { connection, object, remoteId, remoteNumber }) {
      const ask = (given: { reason: string; dryRun: boolean }) =>
        answer(
          hub.POST('/v1/records/{id}/unbind', {
            params: ofRecord(record),
            body: { connection, object, ...given },
          }),
        );
      act({
        title: say('unbindTitle', {
          what: nameOf(record),
          connection,
          number: remoteNumber ?? remoteId ?? object,
        }),
        verb: say('unbind'),
        what: say('unbindWhat'),
        isDangerous: true,
        preview: () => ask(look),
        showPreview: (told) =>
          say('unbindPreview', { object: told.object, id: told.remoteNumber ?? told.remoteId }),
        reason: 'required',
        run: ({ reason }) => ask({ reason, dryRun: false }),
        done: () => say('unbound'),
        after,
      });
    },
  };
}

interface Fields<Preview> {
  /** What would be done with what is chosen. */
  readonly preview: () => Promise<Preview>;
}

/** Says anew what would be done whenever something else is chosen. */
function Preview<Told>({
  of,
  preview,
  children,
}: {
  /** What is chosen. */
  readonly of: readonly unknown[];
  readonly preview: () => Promise<Told>;
  readonly children: (told: Told) => ReactNode;
}): ReactNode {
  const [dialog] = useState(() => crypto.randomUUID());
  const query = useQuery({ queryKey: ['preview', dialog, ...of], queryFn: preview, gcTime: 0, retry: false });
  return (
    <div style={{ marginBottom: 16 }}>
      <QueryView query={query}>{children}</QueryView>
    </div>
  );
}

function PushFields({
  preview,
  onWhole,
}: Fields<{ copies: readonly Foreseen[] }> & { readonly onWhole: (whole: boolean) => void }): ReactNode {
  const say = texts.useSay();
  const [whole, setWhole] = useState(false);
  return (
    <>
      <Form.Item>
        <Checkbox
          checked={whole}
          onChange={({ target }) => {
            onWhole(target.checked);
            setWhole(target.checked);
          }}
        >
          {say('whole')}
        </Checkbox>
      </Form.Item>
      <Preview of={[whole]} preview={preview}>
        {({ copies }) => <ForeseenList copies={copies} />}
      </Preview>
    </>
  );
}

function ForeseenList({ copies }: { readonly copies: readonly Foreseen[] }): ReactNode {
  const say = texts.useSay();
  const words = useWords();
  if (copies.length === 0) return say('noCopiesMeant');
  return (
    <ul className={styles.list}>
      {copies.map((copy) => {
        const place = `${copy.object} (${copy.connection})`;
        const step = words('step', copy.step ?? '');
        return (
          <li key={place}>
            {copy.next === 'write' || copy.next === 'note'
              ? say(`will.${copy.next}`, { place, step })
              : say(`will.${copy.next}`, { place })}
            {copy.why !== undefined && (
              <span className={styles.quiet}>
                {' '}
                <Sentence code={copy.code} said={copy.why} />
              </span>
            )}
          </li>
        );
      })}
    </ul>
  );
}

function Places({
  lead,
  copies,
}: {
  readonly lead: string;
  readonly copies: readonly {
    readonly connection: string;
    readonly object: string;
    readonly state: string;
  }[];
}): ReactNode {
  const words = useWords();
  return (
    <>
      {lead}
      <ul className={styles.list}>
        {copies.map((copy) => (
          <li key={`${copy.connection} ${copy.object}`}>
            {`${copy.object} (${copy.connection}): ${words('link', copy.state)}`}
          </li>
        ))}
      </ul>
    </>
  );
}

function RedateFields({
  dates,
  first,
  onChange,
  preview,
}: Fields<HubSchemas['Edit']> & {
  readonly dates: readonly string[];
  readonly first: string;
  readonly onChange: (given: { field?: string; to?: string | null }) => void;
}): ReactNode {
  const say = texts.useSay();
  const words = useWords();
  const [field, setField] = useState(first);
  const [to, setTo] = useState<Dayjs | null>(null);
  return (
    <>
      <Form.Item label={say('whichDate')} htmlFor="redate-field">
        <Select
          id="redate-field"
          value={field}
          options={dates.map((value) => ({ value, label: fieldWords(words, value) }))}
          onChange={(chosen) => {
            onChange({ field: chosen });
            setField(chosen);
          }}
        />
      </Form.Item>
      <Form.Item label={say('toDay')} extra={say('toDayHint')} htmlFor="redate-to">
        <DatePicker
          id="redate-to"
          value={to}
          onChange={(chosen) => {
            onChange({ to: chosen?.format('YYYY-MM-DD') ?? null });
            setTo(chosen);
          }}
        />
      </Form.Item>
      <Preview of={[field, to?.format('YYYY-MM-DD')]} preview={preview}>
        {(told) => <RedateTold told={told} />}
      </Preview>
    </>
  );
}

function RedateTold({
  told,
  isDone = false,
}: {
  readonly told: HubSchemas['Edit'];
  readonly isDone?: boolean;
}): ReactNode {
  const say = texts.useSay();
  const sayOf = useSayOf();
  const copies = told.examples.flatMap((one) => one.copies ?? []);
  return (
    <>
      {isDone
        ? say('redated', { changed: told.changed })
        : say('redatePreview', { changed: told.changed, unchanged: told.unchanged })}
      {told.refused.map((one) => (
        <div key={one.code} className={styles.bad}>
          {say('redateRefused', { reason: sayOf(one.code, one.reason) })}
        </div>
      ))}
      {copies.length > 0 && <ForeseenList copies={copies} />}
    </>
  );
}

function BindFields({
  onChange,
  preview,
}: Fields<HubSchemas['Binding']> & {
  readonly onChange: (given: { readonly number: string; readonly id: string }) => void;
}): ReactNode {
  const say = texts.useSay();
  const form = Form.useFormInstance();
  const [typed, setTyped] = useState({ number: '', id: '' });
  /** What was typed when the field was left: a system is asked about it. */
  const [asked, setAsked] = useState(typed);
  const change = (part: Partial<typeof typed>): void => {
    const now = { ...typed, ...part };
    onChange({ number: now.number.trim(), id: now.id.trim() });
    setTyped(now);
  };
  const leave = (): void => setAsked({ number: typed.number.trim(), id: typed.id.trim() });
  const isSaid = {
    validator: async () => {
      if (!form.getFieldValue('bindNumber')?.trim() && !form.getFieldValue('bindId')?.trim())
        throw new Error(say('bindMissing'));
    },
  };
  return (
    <>
      <Form.Item name="bindNumber" label={say('bindNumber')} rules={[isSaid]} dependencies={['bindId']}>
        <Input maxLength={512} onChange={({ target }) => change({ number: target.value })} onBlur={leave} />
      </Form.Item>
      <Form.Item name="bindId" label={say('bindId')}>
        <Input maxLength={512} onChange={({ target }) => change({ id: target.value })} onBlur={leave} />
      </Form.Item>
      {asked.number === '' && asked.id === '' ? (
        <p className={styles.quiet}>{say('bindFirst')}</p>
      ) : (
        <Preview of={[asked.number, asked.id]} preview={preview}>
          {(told) => (
            <>
              {told.checked
                ? say('bindFound', { id: told.remoteNumber ?? told.remoteId })
                : say('bindUnchecked', { why: told.unchecked ?? '' })}{' '}
              {say('bindFrees', { count: told.freed })}
            </>
          )}
        </Preview>
      )}
    </>
  );
}
