import { useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Form, Switch } from 'antd';
import { type ReactNode, useState } from 'react';
import { answer, type HubSchemas, hub } from '../../../api/client.ts';
import { useAction } from '../../../parts/ActionDialog.tsx';
import { Code, Diff, jsonText } from '../../../parts/Code.tsx';
import { maskedValue } from '../../../parts/Masked.tsx';
import { Loading } from '../../../parts/QueryView.tsx';
import { Sentence, useSayOf } from '../../../parts/Sentence.tsx';
import { StaleView } from '../../../parts/StaleView.tsx';
import type { Place } from '../../../parts/unsaved.ts';
import { useUnsaved } from '../../../parts/useUnsaved.tsx';
import { readAgain } from '../counts.ts';
import styles from '../problems.module.css';
import { CodeHelp } from '../shared/CodeHelp.tsx';
import { texts } from '../texts.ts';
import { draftOf, keepDraft } from './drafts.ts';
import { useMessage } from './LetterDrawer.tsx';

interface EditLetterProps {
  readonly letter: HubSchemas['DeadLetterInFull'];
  /** What the change is made knowing. */
  readonly tag: string | undefined;
  /** Back to the letter. */
  readonly leave: () => void;
  readonly close: () => void;
  /** Another letter, to be edited. */
  readonly open: (name: string) => void;
}

interface Read {
  readonly body?: Record<string, unknown>;
  readonly wrong?: string;
}

function read(text: string): Read {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return { body: value as Record<string, unknown> };
    return { wrong: '' };
  } catch (error) {
    return { wrong: error instanceof Error ? error.message : '' };
  }
}

/** As it is compared: with its members in order, where it is JSON. */
function inOrder(text: string): string {
  const { body } = read(text);
  return body === undefined ? text : jsonText(body);
}

/** The letter an address names. */
function letterIn({ search }: Place): unknown {
  return typeof search === 'object' && search !== null && 'letter' in search ? search.letter : undefined;
}

/** The object as it should have been told: typed, compared with what was told, and applied in its place. */
export function EditLetter({ letter, tag, leave, close, open }: EditLetterProps): ReactNode {
  const say = texts.useSay();
  const act = useAction();
  const client = useQueryClient();
  const before = jsonText(letter.told?.body ?? {});
  const [typed, setTyped] = useState(() => draftOf(letter.name) ?? before);
  const [wrong, setWrong] = useState<string>();
  const [compares, setCompares] = useState(true);
  const id = letter.name.slice(letter.name.indexOf('/') + 1);
  // Typed on for as long as the console is open, wherever somebody looks meanwhile.
  const { saved } = useUnsaved(() => typed !== before, {
    isKept: true,
    isLeft: (to, from) => to.pathname !== from.pathname || letterIn(to) !== letterIn(from),
  });
  const type = (text: string): void => {
    setTyped(text);
    setWrong(undefined);
    keepDraft(letter.name, text === before ? undefined : text);
  };
  const ask = (body: Record<string, unknown>, more: { note?: string; dryRun?: boolean }) =>
    answer(
      hub.POST('/v1/deadletters/inbox/{id}/edit', {
        params: { path: { id }, header: { 'If-Match': tag ?? '' } },
        body: { body, ...more },
      }),
    );
  const submit = (): void => {
    const { body, wrong: why } = read(typed);
    if (body === undefined) {
      setWrong(why === '' ? say('notAnObject') : say('notJson', { why: why ?? '' }));
      return;
    }
    act({
      title: say('editAndRetry'),
      verb: say('applyEdited'),
      what: say('editWhat'),
      preview: () => ask(body, { dryRun: true }),
      showPreview: ({ kept }) => (
        <>
          {kept > 0 && <p>{say('keptHidden', { count: kept })}</p>}
          <Diff
            before={before}
            after={jsonText(body)}
            language="json"
            beforeTitle={say('asTold')}
            afterTitle={say('asEdited')}
          />
        </>
      ),
      reason: 'optional',
      run: ({ reason }) => ask(body, reason === '' ? {} : { note: reason }),
      done: ({ becomes }) => say('edited', { name: becomes ?? '' }),
      stale: (_error, shut) => (
        <Overtaken
          id={id}
          typed={typed}
          theirs={() => {
            shut();
            keepDraft(letter.name, undefined);
            saved();
            close();
            void readAgain(client);
          }}
          mine={(name) => {
            shut();
            keepDraft(letter.name, undefined);
            keepDraft(name, typed);
            saved();
            open(name);
          }}
        />
      ),
      after: async () => {
        keepDraft(letter.name, undefined);
        saved();
        close();
        await readAgain(client);
      },
    });
  };
  return (
    <>
      <CodeHelp code={letter.code} />
      <p className="lh-break">
        <Sentence code={letter.code} said={letter.sentence} isExplained />
      </p>
      {letter.masked && before.includes(maskedValue) && (
        <Alert type="info" showIcon title={say('hiddenStay', { mark: maskedValue })} />
      )}
      {(letter.told?.body ?? null) === null && <Alert type="info" showIcon title={say('namesOnly')} />}
      <Form layout="vertical" onFinish={submit}>
        <Form.Item
          label={say('asEdited')}
          validateStatus={wrong === undefined ? '' : 'error'}
          help={wrong === undefined ? undefined : <span role="alert">{wrong}</span>}
        >
          <Code value={typed} language="json" label={say('editor')} onChange={type} height="260px" />
        </Form.Item>
        <div className={styles.buttons}>
          <Button type="primary" htmlType="submit" disabled={typed === before}>
            {say('editAndRetry')}
          </Button>
          <Button
            disabled={typed === before}
            onClick={() => {
              type(before);
            }}
          >
            {say('asItWas')}
          </Button>
          <Button onClick={leave}>{say('back')}</Button>
          <span>
            <Switch checked={compares} onChange={setCompares} aria-label={say('compare')} size="small" />{' '}
            {say('compare')}
          </span>
        </div>
      </Form>
      {compares && (
        <Diff
          before={before}
          after={inOrder(typed)}
          language="json"
          beforeTitle={say('asTold')}
          afterTitle={say('asEdited')}
        />
      )}
    </>
  );
}

interface OvertakenProps {
  readonly id: string;
  readonly typed: string;
  readonly theirs: () => void;
  readonly mine: (name: string) => void;
}

/** Somebody else has edited it first: what they made of it beside what was typed here. */
function Overtaken({ id, typed, theirs, mine }: OvertakenProps): ReactNode {
  const say = texts.useSay();
  const sayOf = useSayOf();
  const old = useMessage(id);
  const replacedBy = old.data?.replacedBy ?? null;
  const fresh = useMessage(replacedBy === null ? undefined : String(replacedBy));
  const now = replacedBy === null ? old.data : fresh.data;
  if (now === undefined) return <Loading />;
  const name = `inbox/${now.id}`;
  return (
    <>
      <p>
        {replacedBy === null
          ? say('changedMeanwhile', {
              state: now.sentence === null ? now.state : sayOf(now.code, now.sentence),
            })
          : say('editedMeanwhile', { name })}
      </p>
      <StaleView
        mine={inOrder(typed)}
        theirs={jsonText(now.body ?? {})}
        language="json"
        onTheirs={theirs}
        onMine={() => mine(name)}
      />
    </>
  );
}
