import type { ReactNode } from 'react';
import { answer, type HubSchemas, hub } from '../../api/client.ts';
import { useWords } from '../../parts/model-words.ts';
import { type Column, PagedTable } from '../../parts/PagedTable.tsx';
import { Sentence } from '../../parts/Sentence.tsx';
import { Age } from '../../parts/Time.tsx';
import { LinkState } from './CopyDrawer.tsx';
import { recordRoute } from './route.ts';
import { texts } from './texts.ts';
import { CopyVerbs } from './VerbsMenu.tsx';
import { pagesKey } from './verbs.tsx';

type Link = HubSchemas['Link'];

/** Where a record has copies, and how each stands. */
export function Copies({ record }: { readonly record: HubSchemas['RecordWithCopies'] }): ReactNode {
  const say = texts.useSay();
  const words = useWords();
  const { copy } = recordRoute.useSearch();
  const navigate = recordRoute.useNavigate();
  const { id } = record;
  const isHeld = (link: Link): boolean =>
    record.holds.some(
      (hold) =>
        (hold.connection === null || hold.connection === link.connection) &&
        (hold.object === null || hold.object === link.object),
    );
  const columns: readonly Column<Link>[] = [
    { key: 'system', title: say('system'), show: ({ connection }) => connection },
    { key: 'object', title: say('object'), show: ({ object }) => object },
    {
      key: 'number',
      title: say('numberThere'),
      width: '1.4fr',
      show: ({ remoteNumber, remoteId }) => remoteNumber ?? remoteId ?? say('noNumber'),
    },
    {
      key: 'state',
      title: say('state'),
      width: 130,
      show: ({ state, code }) => <LinkState state={state} code={code} />,
    },
    {
      key: 'step',
      title: say('step'),
      width: 120,
      show: ({ step, origin }) => (step !== null ? words('step', step) : origin ? say('came') : '—'),
    },
    {
      key: 'since',
      title: say('notInStepSince'),
      width: 140,
      show: ({ dirtySince, state }) => (state === 'idle' ? '—' : <Age at={dirtySince} />),
    },
    {
      key: 'problem',
      title: say('problem'),
      width: '2fr',
      show: ({ code, sentence }) => <Sentence code={code} said={sentence ?? '—'} />,
    },
    {
      key: 'verbs',
      title: '',
      width: 60,
      show: (link) => (
        // biome-ignore lint/a11y/noStaticElementInteractions: only keeps what is pressed in it from opening the row
        <span onClick={(event) => event.stopPropagation()} onKeyDown={(event) => event.stopPropagation()}>
          <CopyVerbs record={record} copy={{ ...link, told: link.origin }} isHeld={isHeld(link)} />
        </span>
      ),
    },
  ];
  return (
    <PagedTable
      label={say('copies')}
      listKey={[pagesKey, 'copies', id]}
      read={(cursor, signal) =>
        answer(hub.GET('/v1/links', { params: { query: { record: id, cursor, limit: 100 } }, signal }))
      }
      idOf={(one) => one.id}
      columns={columns}
      openId={copy}
      onOpen={(one) => void navigate({ search: (now) => ({ ...now, copy: one.id }) })}
      empty={say('noCopies')}
    />
  );
}
