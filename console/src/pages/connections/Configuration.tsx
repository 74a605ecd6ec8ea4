import type { EditorView } from '@codemirror/view';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Card, Checkbox, Form, Tag } from 'antd';
import { type ReactNode, useMemo, useRef, useState } from 'react';
import { answer, type HubSchemas, hub } from '../../api/client.ts';
import { useAction } from '../../parts/ActionDialog.tsx';
import { Code } from '../../parts/Code.tsx';
import { PageFrame } from '../../parts/PageFrame.tsx';
import { ProblemAlert } from '../../parts/ProblemView.tsx';
import { QueryView } from '../../parts/QueryView.tsx';
import { FindingInFile, Sentence } from '../../parts/Sentence.tsx';
import { StaleView } from '../../parts/StaleView.tsx';
import { Age } from '../../parts/Time.tsx';
import { useUnsaved } from '../../parts/useUnsaved.tsx';
import { useRefresh } from './actions.tsx';
import { type Checked, checkExtension, type Plan, type PlanProblem, placeOf } from './check-extension.ts';
import styles from './connections.module.css';
import { Back, ChangeView } from './parts.tsx';
import { configurationQuery } from './queries.ts';
import { texts } from './texts.ts';

type Written = HubSchemas['Configuration'];

/** The whole of hub.yaml as text: checked while it is typed, put in use as one. */
export function Configuration(): ReactNode {
  const say = texts.useSay();
  const configuration = useQuery(configurationQuery);
  return (
    <PageFrame title={say('configuration')} lead={<Back />}>
      <QueryView query={configuration}>
        {({ data, tag = '*' }) => <Text key={tag} written={data} tag={tag} />}
      </QueryView>
    </PageFrame>
  );
}

function Text({ written, tag }: { readonly written: Written; readonly tag: string }): ReactNode {
  const say = texts.useSay();
  const { file, readOnly, restart } = written;
  const [text, setText] = useState(written.text);
  useUnsaved(() => text !== written.text);
  const [checked, setChecked] = useState<Checked>();
  const view = useRef<EditorView>(undefined);
  const extension = useMemo(
    () =>
      checkExtension(file, setChecked, (shown) => {
        view.current = shown;
      }),
    [file],
  );
  const apply = useApply({ tag, text, take: setText });
  const isChecked = checked?.text === text;
  const plan = checked && 'plan' in checked ? checked.plan : undefined;
  const canApply = isChecked && plan?.ok === true && plan.differences.length > 0;
  const goTo = (problem: PlanProblem): void => {
    const shown = view.current;
    if (!shown || problem.file !== file) return;
    shown.dispatch({ selection: { anchor: placeOf(shown, problem).from }, scrollIntoView: true });
    shown.focus();
  };
  return (
    <>
      {readOnly !== null && (
        <Alert type="warning" showIcon title={say('readOnly')} description={<Sentence said={readOnly} />} />
      )}
      {restart && <Alert type="info" showIcon title={say('restartWaits')} />}
      <div className={styles.split}>
        <div className={styles.stack}>
          <Code
            value={text}
            language="yaml"
            label={file}
            onChange={setText}
            extensions={extension}
            height="calc(100vh - 300px)"
          />
          <div className={styles.lists}>
            <Button type="primary" disabled={!canApply} onClick={() => plan && apply(plan)}>
              {say('applyAsk')}
            </Button>
            <Button disabled={text === written.text} onClick={() => setText(written.text)}>
              {say('undo')}
            </Button>
            <Button onClick={() => void navigator.clipboard.writeText(text)}>{say('copy')}</Button>
          </div>
        </div>
        <div className={styles.stack}>
          <Card size="small" title={say('check')}>
            <div role="status" aria-live="polite">
              <Found checked={checked} isChecked={isChecked} goTo={goTo} />
            </div>
          </Card>
          <Card size="small" title={say('inUse')}>
            {written.inUse === null ? (
              '—'
            ) : (
              <>
                <Age at={written.inUse.at} /> · {written.inUse.author} · {written.inUse.via}
              </>
            )}
            <p className={styles.quiet}>
              <code className="lh-break">{file}</code>
            </p>
          </Card>
          {written.variables.length > 0 && (
            <Card size="small" title={say('variables')}>
              <ul className={styles.changes}>
                {written.variables.map(({ name, from }) => (
                  <li key={name}>
                    <code>{name}</code> <Tag>{say(`from-${from}`)}</Tag>
                  </li>
                ))}
              </ul>
            </Card>
          )}
        </div>
      </div>
    </>
  );
}

interface FoundProps {
  readonly checked: Checked | undefined;
  readonly isChecked: boolean;
  readonly goTo: (problem: PlanProblem) => void;
}

/** What the hub says of the text. */
function Found({ checked, isChecked, goTo }: FoundProps): ReactNode {
  const say = texts.useSay();
  if (!checked || !isChecked) return <p className={styles.quiet}>{say('checking')}</p>;
  if ('error' in checked) return <ProblemAlert error={checked.error} />;
  const { plan } = checked;
  const errors = plan.problems.filter((one) => one.severity === 'error').length;
  return (
    <div className={styles.stack}>
      {errors > 0 && <Alert type="error" showIcon title={say('wrong', { count: errors })} />}
      {plan.problems.length > 0 && (
        <ul className={styles.changes}>
          {plan.problems.map((one) => (
            <li key={`${one.file} ${one.line} ${one.column} ${one.code} ${one.message}`}>
              <button type="button" className={styles.place} onClick={() => goTo(one)}>
                {say('lineColumn', { line: one.line, column: one.column })}
              </button>
              <FindingInFile {...one} />
            </li>
          ))}
        </ul>
      )}
      {plan.ok && <ChangeView change={plan} />}
    </div>
  );
}

interface ApplyOf {
  readonly tag: string;
  readonly text: string;
  readonly take: (text: string) => void;
}

function useApply({ tag, text, take }: ApplyOf): (plan: Plan) => void {
  const say = texts.useSay();
  const act = useAction();
  const refresh = useRefresh();
  const queries = useQueryClient();
  // What the dialog sends; the dialog was opened with what was there then.
  const now = useRef({ tag, text, allowsOrphans: false });
  return (plan) => {
    now.current = { tag, text, allowsOrphans: false };
    act({
      title: say('applyTitle'),
      verb: say('applyVerb'),
      preview: async () => plan,
      showPreview: (found) => <ChangeView change={found} />,
      reason: 'required',
      isDangerous: plan.orphans.length > 0,
      ...(plan.orphans.length > 0
        ? {
            fields: (
              <Form.Item>
                <Checkbox
                  onChange={({ target }) => {
                    now.current.allowsOrphans = target.checked;
                  }}
                >
                  {say('allowOrphans')}
                </Checkbox>
              </Form.Item>
            ),
          }
        : {}),
      run: ({ reason }) =>
        answer(
          hub.POST('/v1/configuration/apply', {
            params: { header: { 'If-Match': now.current.tag } },
            body: {
              text: now.current.text,
              reason,
              ...(now.current.allowsOrphans ? { allow: ['orphans' as const] } : {}),
            },
          }),
        ),
      stale: () => (
        <Stale
          mine={text}
          onMine={(newer) => {
            now.current.tag = newer;
          }}
          onTheirs={(theirs, newer) => {
            now.current = { ...now.current, tag: newer, text: theirs };
            take(theirs);
          }}
        />
      ),
      done: ({ restart }) => (restart ? `${say('applied')} ${say('restart')}` : say('applied')),
      after: async () => {
        await refresh();
        await queries.resetQueries({ queryKey: configurationQuery.queryKey });
      },
    });
  };
}

interface StaleProps {
  readonly mine: string;
  readonly onMine: (tag: string) => void;
  readonly onTheirs: (text: string, tag: string) => void;
}

/** Somebody else has changed the file: both texts. */
function Stale({ mine, onMine, onTheirs }: StaleProps): ReactNode {
  const newest = useQuery({
    ...configurationQuery,
    queryKey: ['configuration', 'newest'],
    staleTime: 0,
  });
  return (
    <QueryView query={newest}>
      {({ data, tag = '*' }) => (
        <StaleView
          mine={mine}
          theirs={data.text}
          language="yaml"
          onMine={() => onMine(tag)}
          onTheirs={() => onTheirs(data.text, tag)}
        />
      )}
    </QueryView>
  );
}
