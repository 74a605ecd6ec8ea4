import { Alert, Button } from 'antd';
import type { ReactNode } from 'react';
import { answer, type HubSchemas, hub } from '../../api/client.ts';
import { useMay } from '../../api/session.ts';
import { useAction } from '../../parts/ActionDialog.tsx';
import { useRefresh } from './actions.tsx';
import styles from './connections.module.css';
import { ChangeView, ModeTag } from './parts.tsx';
import type { Mode } from './queries.ts';
import { texts } from './texts.ts';

type ModeChange = HubSchemas['ConnectionModeChange'];

const modes = ['observe', 'shadow', 'live'] as const;
const what = { observe: 'observeWhat', shadow: 'shadowWhat', live: 'liveWhat' } as const;

/** What a connection may do, and going over to another mode. */
export function Modes({ id, mode }: { readonly id: string; readonly mode: Mode }): ReactNode {
  const say = texts.useSay();
  const may = useMay();
  const change = useModeChange();
  return (
    <ul className={styles.modes}>
      {modes.map((one) => (
        <li key={one} className={styles.mode} aria-current={one === mode ? 'true' : undefined}>
          <div>
            <ModeTag mode={one} /> {one === mode && <strong>{say('now')}</strong>}
            <p>{say(what[one])}</p>
          </div>
          {one !== mode && may('configure') && (
            <Button onClick={() => change(id, one)} aria-label={say('changeModeTo', { mode: say(one) })}>
              {say('change')}
            </Button>
          )}
        </li>
      ))}
    </ul>
  );
}

function useModeChange(): (id: string, to: Mode) => void {
  const say = texts.useSay();
  const act = useAction();
  const refresh = useRefresh();
  return (id, to) => {
    const ask = (body: { reason: string; dryRun: boolean }) =>
      answer(
        hub.POST('/v1/connections/{id}/mode', { params: { path: { id } }, body: { ...body, mode: to } }),
      );
    act({
      title: say('modeTitle', { id, mode: say(to) }),
      verb: say('changeModeTo', { mode: say(to) }),
      what: say(what[to]),
      preview: () => ask({ reason: say('preview'), dryRun: true }),
      showPreview: (found) => <ModePreview found={found} />,
      reason: 'required',
      isDangerous: to === 'live',
      run: ({ reason }) => ask({ reason, dryRun: false }),
      done: ({ change }) =>
        change.restart
          ? `${say('modeDone', { id, mode: say(to) })} ${say('restart')}`
          : say('modeDone', { id, mode: say(to) }),
      after: refresh,
    });
  };
}

function ModePreview({ found }: { readonly found: ModeChange }): ReactNode {
  const say = texts.useSay();
  const { undecided, wouldWrite, heldBack, to, change } = found;
  const writes = wouldWrite.reduce((sum, one) => sum + one.count, 0);
  const open = undecided.reduce((sum, one) => sum + one.count, 0);
  return (
    <div className={styles.stack}>
      {to === 'live' && (
        <Alert
          type={writes > 0 ? 'warning' : 'info'}
          showIcon
          title={writes > 0 ? say('willWrite', { count: writes }) : say('willWriteNothing')}
        />
      )}
      {wouldWrite.length > 0 && (
        <Counts
          title={say(to === 'live' ? 'heldWrites' : 'heldWritesStay')}
          rows={wouldWrite.map((one) => [one.object, one.entity, one.step, one.count])}
        />
      )}
      {open > 0 && (
        <>
          <Alert type="warning" showIcon title={say('undecided', { count: open })} />
          <Counts
            title={say('differences')}
            rows={undecided.map((one) => [one.object, one.entity, one.field, one.count])}
          />
        </>
      )}
      {heldBack.length > 0 && (
        <p>
          {say('heldBackParties')}{' '}
          {heldBack.map((one) => `${one.sync} / ${one.object}: ${say(one.mode)}`).join('; ')}
        </p>
      )}
      <ChangeView change={change} />
    </div>
  );
}

interface CountsProps {
  readonly title: string;
  /** Object, entity, step or field, how many. */
  readonly rows: readonly (readonly [string, string, string, number])[];
}

function Counts({ title, rows }: CountsProps): ReactNode {
  const say = texts.useSay();
  return (
    <div className={styles.scroll}>
      <table className={styles.table}>
        <caption className="lh-unseen">{title}</caption>
        <thead>
          <tr>
            <th scope="col">{say('object')}</th>
            <th scope="col">{say('entity')}</th>
            <th scope="col">{title}</th>
            <th scope="col" className={styles.end}>
              {say('count')}
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.slice(0, 3).join(' ')}>
              <td>{row[0]}</td>
              <td>{row[1]}</td>
              <td>{row[2]}</td>
              <td className={styles.end}>{row[3]}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
