import { useNavigate } from '@tanstack/react-router';
import { type ReactNode, useEffect } from 'react';
import { answer, type HubSchemas, hub } from '../../api/client.ts';
import { Masked, PersonalSwitch, usePersonal } from '../../parts/Masked.tsx';
import { useWords } from '../../parts/model-words.ts';
import { type Column, PagedTable, useLoaded } from '../../parts/PagedTable.tsx';
import { PageFrame } from '../../parts/PageFrame.tsx';
import { Nothing } from '../../parts/QueryView.tsx';
import { Age } from '../../parts/Time.tsx';
import { findRoute } from './route.ts';
import { texts } from './texts.ts';
import { shortId } from './Value.tsx';

type Found = HubSchemas['Found'];

/** As many as people look through. */
const most = 50;
const shortest = 2;

export default function Page(): ReactNode {
  const say = texts.useSay();
  const { q } = findRoute.useSearch();
  const text = q?.trim() ?? '';
  return (
    <PageFrame
      title={text === '' ? say('title') : say('titleOf', { text })}
      lead={say('lead')}
      actions={<PersonalSwitch />}
    >
      {text.length >= shortest ? (
        <Results key={text} text={text} />
      ) : (
        <Nothing>{say(text === '' ? 'first' : 'tooShort')}</Nothing>
      )}
    </PageFrame>
  );
}

function Results({ text }: { readonly text: string }): ReactNode {
  const say = texts.useSay();
  const words = useWords();
  const navigate = useNavigate();
  const personal = usePersonal();
  const listKey = ['find', text, personal];
  const first = useLoaded<Found>(listKey, () => true);
  const exact = useLoaded<Found>(listKey, isExact);
  const another = useLoaded<Found>(listKey, (one) => isExact(one) && one.id !== exact?.id);
  const open = ({ id, entity }: Found, replace = false): void =>
    void (entity === 'order'
      ? navigate({ to: '/orders/$name', params: { name: id }, replace })
      : navigate({ to: '/records/$id', params: { id }, replace }));
  // One number names one thing: whoever types it wants to see that, and back leads to where they came from.
  const only = another ? undefined : exact;
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when it is known what was found
  useEffect(() => {
    if (only) open(only, true);
    else if (first && document.activeElement === document.body) focusFirst();
  }, [only?.id, first?.id]);
  const columns: readonly Column<Found>[] = [
    {
      key: 'what',
      title: say('what'),
      width: '4fr',
      show: ({ entity, number, id }) => (
        <strong>{`${words('entity', entity)} ${number ?? shortId(id)}`}</strong>
      ),
    },
    { key: 'name', title: say('name'), show: ({ name }) => <Masked value={name} /> },
    {
      key: 'state',
      title: say('state'),
      show: ({ stage, state }) => (stage === null ? words('record', state) : words('stage', stage)),
    },
    { key: 'by', title: say('foundBy'), show: (one) => <FoundBy found={one} /> },
    {
      key: 'copies',
      title: say('inSystems'),
      width: '1.4fr',
      show: ({ copies, number }) => {
        const whole = copies.map((one) => `${one.connection} ${one.remoteNumber ?? ''}`.trim());
        const short = copies.map((one) =>
          one.remoteNumber === null || one.remoteNumber === number
            ? one.connection
            : `${one.connection} ${one.remoteNumber}`,
        );
        return <span title={whole.join(', ')}>{[...new Set(short)].join(', ') || '—'}</span>;
      },
    },
    {
      key: 'age',
      title: say('age'),
      width: 130,
      show: ({ placedAt, updatedAt }) => <Age at={placedAt ?? updatedAt} />,
    },
  ];
  return (
    <PagedTable
      label={say('found')}
      listKey={listKey}
      read={async (_cursor, signal) => {
        const { items } = await answer(
          hub.GET('/v1/find', { params: { query: { q: text, limit: most, personal } }, signal }),
        );
        return { items, next: null };
      }}
      idOf={({ id }) => id}
      columns={columns}
      onOpen={(one) => open(one)}
      empty={say('nothing', { text })}
    />
  );
}

/** By the whole of a number. */
function isExact({ by }: Found): boolean {
  return by === 'number' || by === 'copy';
}

function FoundBy({ found: { by, what } }: { readonly found: Found }): ReactNode {
  const say = texts.useSay();
  if (by === 'copy' || by === 'identity') return say(`by.${by}`, { what: what ?? '' });
  return say(`by.${by}`);
}

/** Enter opens it at once. */
function focusFirst(): void {
  requestAnimationFrame(() => document.querySelector<HTMLElement>('[role="grid"] [data-index="0"]')?.focus());
}
