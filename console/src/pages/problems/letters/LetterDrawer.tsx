import { useQuery } from '@tanstack/react-query';
import { Button, Collapse } from 'antd';
import type { ReactNode } from 'react';
import { answer, answerWithTag, type HubSchemas, hub } from '../../../api/client.ts';
import { isProblemCode } from '../../../api/problem.ts';
import { useMay } from '../../../api/session.ts';
import { JsonView } from '../../../parts/Code.tsx';
import { usePersonal } from '../../../parts/Masked.tsx';
import { Nothing, QueryView } from '../../../parts/QueryView.tsx';
import { Sentence } from '../../../parts/Sentence.tsx';
import { Age, Time } from '../../../parts/Time.tsx';
import { useBulk } from '../causes/bulk.tsx';
import styles from '../problems.module.css';
import { problemsRoute } from '../route.ts';
import { CodeHelp } from '../shared/CodeHelp.tsx';
import { Facts } from '../shared/Facts.tsx';
import { FindLink } from '../shared/FindLink.tsx';
import { How } from '../shared/How.tsx';
import { type LetterPlace, letterOf } from '../shared/places.ts';
import { Side } from '../shared/Side.tsx';
import { texts } from '../texts.ts';
import { EditLetter } from './EditLetter.tsx';
import { ResolveUnknown } from './ResolveUnknown.tsx';

type Letter = HubSchemas['DeadLetterInFull'];

export function useLetter(place: LetterPlace | undefined) {
  const personal = usePersonal();
  return useQuery({
    queryKey: ['problems', 'letter', place?.kind, place?.id, personal],
    queryFn: ({ signal }) => {
      if (place === undefined) throw new Error('no letter is open');
      return answerWithTag(
        hub.GET('/v1/deadletters/{kind}/{id}', {
          params: { path: { kind: place.kind, id: place.id }, query: { personal } },
          signal,
        }),
      );
    },
    enabled: place !== undefined,
  });
}

/** One dead letter: what was told or sent, what came back, what to do, and doing it. */
export function LetterDrawer(): ReactNode {
  const say = texts.useSay();
  const { letter, edit: edits } = problemsRoute.useSearch();
  const navigate = problemsRoute.useNavigate();
  const edit = edits === 'yes';
  const place = letterOf(letter);
  const query = useLetter(place);
  const close = (): void =>
    void navigate({ search: (now) => ({ ...now, letter: undefined, edit: undefined }) });
  const editing = (on: boolean): void =>
    void navigate({ search: (now) => ({ ...now, edit: on ? ('yes' as const) : undefined }) });
  const shown = query.data?.data;
  const over = isProblemCode(query.error, 'deadletters.unknown');
  return (
    <Side
      open={place !== undefined}
      size={edit ? 1080 : 760}
      title={say('letter', { name: shown?.key ?? letter ?? '' })}
      close={close}
      actions={shown && !over && !edit ? <Decide letter={shown} edit={() => editing(true)} /> : undefined}
    >
      {over ? (
        <Nothing action={<Button onClick={close}>{say('close')}</Button>}>{say('letterOver')}</Nothing>
      ) : (
        <QueryView query={query}>
          {({ data, tag }) =>
            edit && data.kind === 'inbox' ? (
              <EditLetter
                key={data.name}
                letter={data}
                tag={tag}
                leave={() => editing(false)}
                close={close}
                open={(name) =>
                  void navigate({ search: (now) => ({ ...now, letter: name, edit: 'yes' as const }) })
                }
              />
            ) : (
              <LetterInFull letter={data} />
            )
          }
        </QueryView>
      )}
    </Side>
  );
}

/** What can be decided about it. */
function Decide({ letter, edit }: { readonly letter: Letter; readonly edit: () => void }): ReactNode {
  const say = texts.useSay();
  const may = useMay();
  const { retry, skip } = useBulk();
  if (!may('operate')) return <span className={styles.quiet}>{say('mayNotDecide')}</span>;
  if (letter.state === 'unknown') return <span className={styles.quiet}>{say('unknownFirst')}</span>;
  const which = { letters: [letter.name] };
  return (
    <div className={styles.buttons}>
      {letter.kind === 'inbox' && (
        <Button type="primary" onClick={edit}>
          {say('editAndRetry')}
        </Button>
      )}
      <Button type={letter.kind === 'inbox' ? 'default' : 'primary'} onClick={() => retry(which)}>
        {say('retry')}
      </Button>
      <Button danger onClick={() => skip(which)}>
        {say('skip')}
      </Button>
    </div>
  );
}

function LetterInFull({ letter }: { readonly letter: Letter }): ReactNode {
  const say = texts.useSay();
  const may = useMay();
  const { told, tries, decisions } = letter;
  return (
    <>
      <p className="lh-break">
        <Sentence code={letter.code} said={letter.sentence} isExplained />
      </p>
      <CodeHelp code={letter.code} />
      {letter.state === 'unknown' && may('operate') && <ResolveUnknown letter={letter} />}
      <Facts
        facts={[
          [say('state'), <How key="state" state={letter.state} />],
          [say('where'), `${letter.connection} ${letter.object}`],
          [say('number'), <FindLink key="number" number={letter.key} />],
          [say('remoteId'), letter.remoteId],
          [say('attempts'), String(letter.attempts)],
          [say('since'), <Age key="since" at={letter.since} />],
          [say('name'), <code key="name">{letter.name}</code>],
          [
            say('editedFrom'),
            told?.editedFrom === null || told === undefined ? null : `inbox/${told.editedFrom}`,
          ],
        ]}
      />
      {told && (
        <section aria-label={say('told')}>
          <h3>{say('told')}</h3>
          <p className={styles.quiet}>
            {say('toldAt')} <Time at={told.receivedAt} />
          </p>
          {told.body === null ? (
            <p>{say('namesOnly')}</p>
          ) : (
            <JsonView value={told.body} label={say('told')} height="320px" />
          )}
        </section>
      )}
      {tries && tries.length > 0 && (
        <section aria-label={say('tries')}>
          <h3>{say('tries')}</h3>
          <Collapse
            defaultActiveKey={['0']}
            items={tries.map((one, index) => ({
              key: String(index),
              label: (
                <>
                  {one.step} · {say(outcomeKey(one.outcome))} · <Age at={one.startedAt} />
                </>
              ),
              children: (
                <div className={styles.stack}>
                  <JsonView value={one.sent} label={say('sent')} height="220px" />
                  {one.answer !== null && one.answer !== undefined && (
                    <JsonView value={one.answer} label={say('cameBack')} height="140px" />
                  )}
                </div>
              ),
            }))}
          />
        </section>
      )}
      {decisions.length > 0 && (
        <section aria-label={say('decisions')}>
          <h3>{say('decisions')}</h3>
          <ul>
            {decisions.map((one) => (
              <li key={`${one.at}${one.action}`}>
                <Time at={one.at} /> · {one.author} · <code>{one.action}</code>
                {typeof one.details.note === 'string' && ` · ${one.details.note}`}
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

const outcomes = ['done', 'failed', 'unknown', 'absent', 'abandoned'] as const;

function outcomeKey(outcome: string | null): `outcome-${(typeof outcomes)[number] | 'open'}` {
  const known = outcomes.find((one) => one === outcome);
  return `outcome-${known ?? 'open'}`;
}

/** A message as it is now, whatever became of it. */
export function useMessage(id: string | undefined) {
  const personal = usePersonal();
  return useQuery({
    queryKey: ['problems', 'message', id, personal],
    queryFn: ({ signal }) =>
      answer(hub.GET('/v1/inbox/{id}', { params: { path: { id: id ?? '' }, query: { personal } }, signal })),
    enabled: id !== undefined,
  });
}
