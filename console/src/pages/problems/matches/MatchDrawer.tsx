import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Radio } from 'antd';
import { type ReactNode, useState } from 'react';
import { answer, type HubSchemas, hub } from '../../../api/client.ts';
import { useMay } from '../../../api/session.ts';
import { useAction } from '../../../parts/ActionDialog.tsx';
import { Masked } from '../../../parts/Masked.tsx';
import { QueryView } from '../../../parts/QueryView.tsx';
import { Age } from '../../../parts/Time.tsx';
import { readAgain } from '../counts.ts';
import styles from '../problems.module.css';
import { problemsRoute } from '../route.ts';
import { Entity } from '../shared/Entity.tsx';
import { Facts } from '../shared/Facts.tsx';
import { FindLink } from '../shared/FindLink.tsx';
import { Side } from '../shared/Side.tsx';
import { texts } from '../texts.ts';

type Match = HubSchemas['MatchInFull'];

/** One proposal, its records side by side. */
export function MatchDrawer({ id }: { readonly id: string | undefined }): ReactNode {
  const say = texts.useSay();
  const navigate = problemsRoute.useNavigate();
  const query = useQuery({
    queryKey: ['problems', 'match', id],
    queryFn: ({ signal }) =>
      answer(hub.GET('/v1/matches/{id}', { params: { path: { id: id ?? '' } }, signal })),
    enabled: id !== undefined,
  });
  const close = (): void => void navigate({ search: (now) => ({ ...now, match: undefined }) });
  return (
    <Side open={id !== undefined} size={960} title={say('matchTitle')} close={close}>
      <QueryView query={query}>{(match) => <Proposal match={match} close={close} />}</QueryView>
    </Side>
  );
}

function Proposal({ match, close }: { readonly match: Match; readonly close: () => void }): ReactNode {
  const say = texts.useSay();
  const may = useMay();
  const act = useAction();
  const client = useQueryClient();
  const [only, ...others] = match.candidates;
  const [record, setRecord] = useState(others.length === 0 ? only?.record : undefined);
  const { id, records } = match;
  const fields = [...new Set(records.flatMap((one) => Object.keys(one.fields)))].sort();
  const isCandidate = (recordId: string): boolean => match.candidates.some((one) => one.record === recordId);
  const nameOf = (of: string | undefined): string =>
    match.candidates.find((one) => one.record === of)?.number ?? of ?? '';
  const after = (): Promise<void> => {
    close();
    return readAgain(client);
  };
  const confirm = (): void =>
    act({
      title: say('confirmTitle'),
      verb: say('confirm'),
      what: say(match.recordId === null ? 'confirmObject' : 'confirmRecord', { number: nameOf(record) }),
      isDangerous: true,
      run: () => answer(hub.POST('/v1/matches/{id}/confirm', { params: { path: { id } }, body: { record } })),
      done: () => say('confirmed', { number: nameOf(record) }),
      stale: () => <Decided id={id} />,
      after,
    });
  const reject = (): void =>
    act({
      title: say('rejectTitle'),
      verb: say('reject'),
      what: say('rejectWhat'),
      run: () => answer(hub.POST('/v1/matches/{id}/reject', { params: { path: { id } } })),
      done: () => say('rejected'),
      stale: () => <Decided id={id} />,
      after,
    });
  return (
    <>
      <Facts
        facts={[
          [say('entity'), <Entity key="entity" name={match.entity} />],
          [
            say('inQuestion'),
            match.connection === null ? null : `${match.connection} ${match.object} ${match.remoteId}`,
          ],
          [say('since'), <Age key="since" at={match.since} />],
        ]}
      />
      <p>{say('compareLead')}</p>
      <div className={styles.scrolls}>
        <table className={styles.compare} style={{ minWidth: 180 + 220 * records.length }}>
          <thead>
            <tr>
              <th scope="col">{say('field')}</th>
              {records.map((one) => (
                <th scope="col" key={one.recordId}>
                  {match.state === 'open' && may('operate') && isCandidate(one.recordId) ? (
                    <Radio
                      checked={record === one.recordId}
                      onChange={() => setRecord(one.recordId)}
                      name="candidate"
                    >
                      {one.name}
                    </Radio>
                  ) : (
                    one.name
                  )}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            <tr>
              <th scope="row">{say('record')}</th>
              {records.map((one) => (
                <td key={one.recordId}>
                  <FindLink number={one.name} />
                  {one.recordId === match.recordId && <div className={styles.quiet}>{say('inQuestion')}</div>}
                </td>
              ))}
            </tr>
            <tr>
              <th scope="row">{say('copies')}</th>
              {records.map((one) => (
                <td key={one.recordId}>
                  {one.copies.map((copy) => (
                    <div key={copy}>{copy}</div>
                  ))}
                </td>
              ))}
            </tr>
            {fields.map((field) => {
              const values = records.map((one) => shown(one.fields[field]));
              const differs = new Set(values).size > 1;
              return (
                <tr key={field}>
                  <th scope="row">
                    <code>{field}</code>
                  </th>
                  {records.map((one, index) => (
                    <td key={one.recordId} className={differs && index > 0 ? styles.differs : undefined}>
                      {isCompared(values) ? (
                        say(`personal-${values[index] as Compared}`)
                      ) : (
                        <Masked value={values[index]} />
                      )}
                    </td>
                  ))}
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      {match.state !== 'open' ? (
        <Outcome match={match} />
      ) : may('operate') ? (
        <div className={styles.buttons}>
          <Button type="primary" disabled={record === undefined} onClick={confirm}>
            {say('confirm')}
          </Button>
          <Button onClick={reject}>{say('reject')}</Button>
        </div>
      ) : (
        <p className={styles.quiet}>{say('mayNotDecide')}</p>
      )}
    </>
  );
}

type Compared = 'told' | 'the same' | 'another';

/** Personal values come as words that compare them with those of the first record. */
function isCompared([first, ...others]: readonly string[]): boolean {
  return (
    first === 'told' && others.length > 0 && others.every((one) => one === 'the same' || one === 'another')
  );
}

function shown(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function Outcome({ match }: { readonly match: Match }): ReactNode {
  const say = texts.useSay();
  return (
    <p role="status">
      {say(match.state === 'confirmed' ? 'wasConfirmed' : 'wasRejected', { by: match.decidedBy ?? '' })}
    </p>
  );
}

/** Somebody has decided first: how. */
function Decided({ id }: { readonly id: string }): ReactNode {
  const query = useQuery({
    queryKey: ['match-now', id],
    queryFn: ({ signal }) => answer(hub.GET('/v1/matches/{id}', { params: { path: { id } }, signal })),
    gcTime: 0,
  });
  return <QueryView query={query}>{(match) => <Outcome match={match} />}</QueryView>;
}
