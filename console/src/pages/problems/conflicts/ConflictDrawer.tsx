import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Input, Radio } from 'antd';
import { type ReactNode, useState } from 'react';
import { answer, type HubSchemas, hub } from '../../../api/client.ts';
import { isStale } from '../../../api/problem.ts';
import { useMay } from '../../../api/session.ts';
import { useAction } from '../../../parts/ActionDialog.tsx';
import { usePersonal } from '../../../parts/Masked.tsx';
import { Loading, Nothing, QueryView } from '../../../parts/QueryView.tsx';
import { StaleView } from '../../../parts/StaleView.tsx';
import { Age } from '../../../parts/Time.tsx';
import { useUnsaved } from '../../../parts/useUnsaved.tsx';
import { readAgain } from '../counts.ts';
import styles from '../problems.module.css';
import { problemsRoute } from '../route.ts';
import { Entity } from '../shared/Entity.tsx';
import { FindLink } from '../shared/FindLink.tsx';
import { Side } from '../shared/Side.tsx';
import { texts } from '../texts.ts';
import { Value } from './Value.tsx';
import { textOf, typedValue } from './values.ts';

type Conflict = HubSchemas['Conflict'];

/** What was chosen for one field: what one shows, or a value of one's own. */
interface Choice {
  /** `golden`, a copy as the conflict names it, or `typed`, or `none`. */
  readonly take?: string;
  readonly typed?: string;
}
type Choices = Readonly<Record<string, Choice>>;

function useConflicts(record: string | undefined) {
  const personal = usePersonal();
  return useQuery({
    queryKey: ['problems', 'conflicts-of', record, personal],
    queryFn: ({ signal }) =>
      answer(hub.GET('/v1/conflicts', { params: { query: { record, personal, limit: 200 } }, signal })),
    enabled: record !== undefined,
  });
}

/** Every open conflict of one record: field by field what each system shows, and which value it is to be. */
export function ConflictDrawer({ record }: { readonly record: string | undefined }): ReactNode {
  const say = texts.useSay();
  const navigate = problemsRoute.useNavigate();
  const query = useConflicts(record);
  const [first] = query.data?.items ?? [];
  const close = (): void => void navigate({ search: (now) => ({ ...now, record: undefined }) });
  return (
    <Side
      open={record !== undefined}
      size={1000}
      title={say('conflictsOf', { number: first?.number ?? record ?? '' })}
      close={close}
    >
      <QueryView
        query={query}
        isEmpty={({ items }) => items.length === 0}
        empty={
          <Nothing action={<Button onClick={close}>{say('close')}</Button>}>{say('conflictsOver')}</Nothing>
        }
      >
        {({ items }) => <Fields conflicts={items} />}
      </QueryView>
    </Side>
  );
}

function Fields({ conflicts }: { readonly conflicts: readonly Conflict[] }): ReactNode {
  const say = texts.useSay();
  const may = useMay();
  const act = useAction();
  const client = useQueryClient();
  const [choices, setChoices] = useState<Choices>({});
  useUnsaved(() => Object.keys(choices).length > 0);
  const [wrong, setWrong] = useState<Readonly<Record<string, string>>>({});
  const choose = (id: string, choice: Choice): void => {
    setChoices((now) => ({ ...now, [id]: { ...now[id], ...choice } }));
    setWrong(({ [id]: _right, ...rest }) => rest);
  };
  const copies = [...new Set(conflicts.flatMap(({ told }) => told.map((one) => one.copy)))];
  const meant = conflicts.filter(({ id }) => choices[id]?.take !== undefined);
  const ask = (one: Conflict, dryRun: boolean) =>
    answer(
      hub.POST('/v1/conflicts/{id}/resolve', {
        params: { path: { id: one.id } },
        body: { ...bodyOf(one, choices[one.id] ?? {}), version: one.version, dryRun },
      }),
    );
  const submit = (): void => {
    const bad = meant.flatMap((one) => {
      const { take, typed = '' } = choices[one.id] ?? {};
      if (take !== 'typed') return [];
      if (typed.trim() === '') return [[one.id, say('typeIt')]];
      return typedValue(typed, othersOf(one)) === undefined ? [[one.id, say('typeAsJson')]] : [];
    });
    setWrong(Object.fromEntries(bad));
    if (bad.length > 0) return;
    act({
      title: say('resolveTitle', { count: meant.length }),
      verb: say('resolve'),
      what: say('resolveWhat'),
      preview: () => inTurn(meant, (one) => ask(one, true)),
      showPreview: (decided) => (
        <ul>
          {decided.map(({ id, path, value, copies: written }) => (
            <li key={id} className="lh-break">
              <code>{path}</code> → <Value value={value} />{' '}
              <span className={styles.quiet}>
                {written.length === 0 ? say('nobodyWritten') : say('written', { copies: written.join(', ') })}
              </span>
            </li>
          ))}
        </ul>
      ),
      run: async () => {
        try {
          return await inTurn(meant, (one) => ask(one, false));
        } finally {
          await readAgain(client);
        }
      },
      done: (decided) => say('resolved', { count: decided.length }),
      stale: (_error, shut) => (
        <Overtaken
          conflicts={meant}
          choices={choices}
          mine={() => {
            shut();
            void readAgain(client);
          }}
          theirs={() => {
            shut();
            setChoices({});
            void readAgain(client);
          }}
        />
      ),
      after: () => setChoices({}),
    });
  };
  const [first] = conflicts;
  return (
    <>
      <div className={styles.buttons}>
        <span className={styles.quiet}>
          <Entity name={first?.entity} />
        </span>
        <FindLink number={first?.number ?? first?.recordId} />
      </div>
      <p>{say('chooseLead')}</p>
      <div className={styles.scrolls}>
        <table className={styles.compare} style={{ minWidth: 200 + 180 * (copies.length + 2) }}>
          <thead>
            <tr>
              <th scope="col">{say('field')}</th>
              <th scope="col">{say('golden')}</th>
              {copies.map((copy) => (
                <th scope="col" key={copy}>
                  {copy}
                </th>
              ))}
              <th scope="col">{say('another')}</th>
            </tr>
          </thead>
          <tbody>
            {conflicts.map((one) => (
              <Field
                key={one.id}
                conflict={one}
                copies={copies}
                choice={choices[one.id] ?? {}}
                choose={may('operate') ? (choice) => choose(one.id, choice) : undefined}
                wrong={wrong[one.id]}
              />
            ))}
          </tbody>
        </table>
      </div>
      {may('operate') ? (
        <div className={styles.buttons}>
          <Button type="primary" disabled={meant.length === 0} onClick={submit}>
            {say('resolveTitle', { count: meant.length })}
          </Button>
          {copies.map((copy) => (
            <Button
              key={copy}
              onClick={() => {
                for (const one of conflicts)
                  if (one.told.some((shown) => shown.copy === copy)) choose(one.id, { take: copy });
              }}
            >
              {say('takeAll', { copy })}
            </Button>
          ))}
        </div>
      ) : (
        <p className={styles.quiet}>{say('mayNotDecide')}</p>
      )}
    </>
  );
}

interface FieldProps {
  readonly conflict: Conflict;
  readonly copies: readonly string[];
  readonly choice: Choice;
  readonly choose: ((choice: Choice) => void) | undefined;
  readonly wrong: string | undefined;
}

function Field({ conflict, copies, choice, choose, wrong }: FieldProps): ReactNode {
  const say = texts.useSay();
  const { path, golden, told } = conflict;
  const radio = (take: string, label: string, children: ReactNode): ReactNode =>
    choose ? (
      <Radio
        checked={choice.take === take}
        onChange={() => choose({ take })}
        name={conflict.id}
        aria-label={label}
      >
        {children}
      </Radio>
    ) : (
      children
    );
  return (
    <tr>
      <th scope="row">
        <code>{path}</code>
      </th>
      <td>{radio('golden', say('takeOf', { path, copy: say('golden') }), <Value value={golden} />)}</td>
      {copies.map((copy) => {
        const shown = told.find((one) => one.copy === copy);
        if (shown === undefined) return <td key={copy}>—</td>;
        return (
          <td key={copy} className={textOf(shown.value) === textOf(golden) ? undefined : styles.differs}>
            {radio(copy, say('takeOf', { path, copy }), <Value value={shown.value} />)}
            <div className={styles.quiet}>
              <Age at={shown.at} />
            </div>
            <div className={styles.quiet}>
              {say('wasBefore')} <Value value={shown.before} />
            </div>
          </td>
        );
      })}
      <td>
        {choose && (
          <>
            {radio('typed', say('takeTyped', { path }), say('typed'))}
            <Input
              value={choice.typed ?? ''}
              aria-label={say('typedFor', { path })}
              status={wrong === undefined ? '' : 'error'}
              maxLength={2_000}
              onChange={({ target }) => choose({ take: 'typed', typed: target.value })}
            />
            {wrong !== undefined && (
              <div role="alert" style={{ color: 'var(--ant-color-error)' }}>
                {wrong}
              </div>
            )}
            <div style={{ marginTop: 6 }}>{radio('none', say('takeNone', { path }), say('noValue'))}</div>
          </>
        )}
      </td>
    </tr>
  );
}

function othersOf({ golden, told }: Conflict): unknown[] {
  return [golden, ...told.map((one) => one.value)];
}

function bodyOf(conflict: Conflict, { take, typed = '' }: Choice): { take?: string; value?: unknown } {
  if (take === 'none') return { value: null };
  if (take === 'typed') return { value: typedValue(typed, othersOf(conflict)) };
  return { take };
}

/** One after the other: what is refused stops those behind it, and those before it are done. */
async function inTurn<Item, Result>(
  items: readonly Item[],
  ask: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (const item of items) results.push(await ask(item));
  return results;
}

interface OvertakenProps {
  readonly conflicts: readonly Conflict[];
  readonly choices: Choices;
  readonly mine: () => void;
  readonly theirs: () => void;
}

/** A system has told something new, or somebody has decided, since the values were shown. */
function Overtaken({ conflicts, choices, mine, theirs }: OvertakenProps): ReactNode {
  const personal = usePersonal();
  const query = useQuery({
    queryKey: ['conflicts-now', conflicts.map(({ id }) => id), personal],
    queryFn: ({ signal }) =>
      inTurn(conflicts, ({ id }) =>
        answer(hub.GET('/v1/conflicts/{id}', { params: { path: { id }, query: { personal } }, signal })),
      ),
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
    retry: (failures, error) => failures < 1 && isStale(error),
  });
  return (
    <QueryView query={query} skeleton={<Loading />}>
      {(now) => (
        <StaleView
          mine={Object.fromEntries(
            conflicts.map((one) => [
              one.path,
              { ...shownBy(one), chosen: chosenOf(one, choices[one.id] ?? {}) },
            ]),
          )}
          theirs={Object.fromEntries(
            now.map((one) => [
              one.path,
              {
                ...shownBy(one),
                ...(one.state === 'resolved' ? { resolvedBy: one.resolvedBy, chosen: one.golden } : {}),
              },
            ]),
          )}
          language="json"
          onMine={mine}
          onTheirs={theirs}
        />
      )}
    </QueryView>
  );
}

function shownBy({ golden, told }: Conflict): object {
  return { golden, ...Object.fromEntries(told.map((one) => [one.copy, one.value])) };
}

function chosenOf(conflict: Conflict, choice: Choice): unknown {
  const { take, value } = bodyOf(conflict, choice);
  if (take === undefined) return value;
  if (take === 'golden') return conflict.golden;
  return conflict.told.find((one) => one.copy === take)?.value ?? null;
}
