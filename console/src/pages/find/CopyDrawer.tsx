import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Button, Collapse, Drawer } from 'antd';
import type { ReactNode } from 'react';
import { answer, type HubSchemas, hub } from '../../api/client.ts';
import { JsonView } from '../../parts/Code.tsx';
import { Masked, usePersonal } from '../../parts/Masked.tsx';
import { useWords } from '../../parts/model-words.ts';
import { QueryView } from '../../parts/QueryView.tsx';
import { Sentence } from '../../parts/Sentence.tsx';
import { type Colour, State } from '../../parts/State.tsx';
import { Age, Time } from '../../parts/Time.tsx';
import { Facts } from './Facts.tsx';
import styles from './find.module.css';
import { texts } from './texts.ts';
import { pagesKey } from './verbs.tsx';
import { Wait } from './Wait.tsx';

type Try = HubSchemas['Try'];

/** What a copy waits for, as the API names it and as people do. */
const awaited = { ref: 'record', table: 'code', period: 'period' } as const;

interface CopyDrawerProps {
  /** Id of the copy; undefined: closed. */
  readonly copy: string | undefined;
  /** The write that is open. */
  readonly tryId: string | undefined;
  readonly onTry: (id: string | undefined) => void;
  readonly onClose: () => void;
}

/** One copy: how it stands, what it waits for, what was written to it and what came back. */
export function CopyDrawer({ copy, tryId, onTry, onClose }: CopyDrawerProps): ReactNode {
  const say = texts.useSay();
  const link = useQuery({
    queryKey: [pagesKey, 'link', copy],
    queryFn: ({ signal }) =>
      answer(hub.GET('/v1/links/{id}', { params: { path: { id: copy ?? '' } }, signal })),
    enabled: copy !== undefined,
  });
  const title =
    link.data && copy !== undefined
      ? say('copyOf', { object: link.data.object, connection: link.data.connection })
      : say('copies');
  return (
    <Drawer open={copy !== undefined} size={760} title={title} onClose={onClose}>
      {copy !== undefined && (
        <>
          <QueryView query={link}>{(data) => <LinkFacts link={data} />}</QueryView>
          <section className={styles.part} aria-label={say('tries')}>
            <h3>{say('tries')}</h3>
            <Tries copy={copy} tryId={tryId} onTry={onTry} />
          </section>
        </>
      )}
    </Drawer>
  );
}

function LinkFacts({ link }: { readonly link: HubSchemas['LinkInFull'] }): ReactNode {
  const say = texts.useSay();
  const words = useWords();
  return (
    <Facts
      items={[
        [say('state'), <LinkState key="state" state={link.state} code={link.code} />],
        ...(link.sentence === null
          ? []
          : [
              [
                say('problem'),
                <span key="problem">
                  <Sentence code={link.code} said={link.sentence} /> <code>{link.code}</code>
                </span>,
              ] as const,
            ]),
        ...(link.waitsFor.length === 0
          ? []
          : [
              [
                say('waitsFor'),
                link.waitsFor.map((one) => (
                  <div key={`${one.kind} ${one.target}`}>
                    <Wait kind={awaited[one.kind]} entity={one.entity} target={one.number ?? one.target} />{' '}
                    <span className={styles.quiet}>
                      <Age at={one.since} />
                    </span>
                  </div>
                )),
              ] as const,
            ]),
        [say('numberThere'), link.remoteNumber],
        [say('idThere'), link.remoteId],
        [say('stage'), link.remoteStatus],
        [say('step'), link.step === null ? null : words('step', link.step)],
        [say('notInStepSince'), link.dirtySince === null ? null : <Time key="since" at={link.dirtySince} />],
        [say('nextTry'), link.dueAt === null ? null : <Age key="due" at={link.dueAt} />],
        [say('attempts'), link.attempts === 0 ? null : String(link.attempts)],
        [say('writtenVersion'), link.writtenVersion === null ? null : String(link.writtenVersion)],
      ]}
    />
  );
}

const colours: Readonly<Record<string, Colour>> = {
  idle: 'green',
  due: 'amber',
  waiting: 'amber',
  unknown: 'red',
  parked: 'red',
};

/** How a copy stands. */
export function LinkState({
  state,
  code,
}: {
  readonly state: string;
  readonly code?: string | null;
}): ReactNode {
  const say = texts.useSay();
  const words = useWords();
  return (
    <State colour={colours[state] ?? 'amber'}>
      {code === 'push.held' ? say('held') : words('link', state)}
    </State>
  );
}

function Tries({
  copy,
  tryId,
  onTry,
}: Pick<CopyDrawerProps, 'tryId' | 'onTry'> & { readonly copy: string }): ReactNode {
  const say = texts.useSay();
  const personal = usePersonal();
  const tries = useInfiniteQuery({
    queryKey: [pagesKey, 'tries', copy, personal],
    queryFn: ({ pageParam, signal }) =>
      answer(
        hub.GET('/v1/links/{id}/tries', {
          params: { path: { id: copy }, query: { limit: 20, personal, cursor: pageParam } },
          signal,
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  });
  return (
    <QueryView
      query={tries}
      isEmpty={({ pages }) => pages.every((page) => page.items.length === 0)}
      empty={<p className={styles.quiet}>{say('noTries')}</p>}
    >
      {({ pages }) => (
        <>
          <Collapse
            accordion
            destroyOnHidden
            activeKey={tryId ?? []}
            onChange={([id]) => onTry(id)}
            items={pages
              .flatMap((page) => page.items)
              .map((one) => ({ key: one.id, label: <TryHead one={one} />, children: <TryBody one={one} /> }))}
          />
          {tries.hasNextPage && (
            <Button
              style={{ marginTop: 12 }}
              loading={tries.isFetchingNextPage}
              onClick={() => void tries.fetchNextPage()}
            >
              {say('older')}
            </Button>
          )}
        </>
      )}
    </QueryView>
  );
}

function TryHead({ one }: { readonly one: Try }): ReactNode {
  const say = texts.useSay();
  const words = useWords();
  const colour: Colour = one.outcome === 'done' ? 'green' : one.outcome === null ? 'amber' : 'red';
  return (
    <span className={styles.bar} style={{ marginBottom: 0 }}>
      <strong>{words('step', one.step)}</strong>
      <State colour={colour}>{words('outcome', one.outcome ?? 'open')}</State>
      <Time at={one.startedAt} />
      {one.durationMs !== null && <span className={styles.quiet}>{say('took', { ms: one.durationMs })}</span>}
    </span>
  );
}

function TryBody({ one }: { readonly one: Try }): ReactNode {
  const say = texts.useSay();
  return (
    <>
      <p className={styles.quiet} style={{ marginTop: 0 }}>
        {say('sinceVersion', { version: one.recordVersion })} · <Masked value={one.key} />
      </p>
      <div className={styles.two}>
        <section>
          <h4>{say('sent')}</h4>
          <JsonView value={one.sent} label={say('sent')} />
        </section>
        <section>
          <h4>{say('answer')}</h4>
          <JsonView value={one.answer} label={say('answer')} />
        </section>
      </div>
    </>
  );
}
