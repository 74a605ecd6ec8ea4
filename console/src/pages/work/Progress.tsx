import { Progress as Bar } from 'antd';
import type { ReactNode } from 'react';
import { Count } from '../../parts/Amount.tsx';
import { type Colour, State } from '../../parts/State.tsx';
import { texts } from './texts.ts';

type Running = 'running' | 'done' | 'cancelled' | 'failed';

const colours: Readonly<Record<Exclude<Running, 'running'>, Colour>> = {
  done: 'green',
  cancelled: 'amber',
  failed: 'red',
};

export function RunState({ state }: { readonly state: Running }): ReactNode {
  const say = texts.useSay();
  if (state === 'running') return say('run.running');
  return <State colour={colours[state]}>{say(`run.${state}`)}</State>;
}

/** How far long work is: a bar where it is known how much there is, else what was done. */
export function Progress({
  label,
  state,
  done,
  total,
}: {
  readonly label: string;
  readonly state: Running;
  readonly done: number;
  readonly total: number | null;
}): ReactNode {
  const say = texts.useSay();
  if (total === null || total === 0)
    return (
      <span>
        <Count value={done} /> {say('rows')}
      </span>
    );
  const percent = state === 'done' ? 100 : Math.min(99, Math.floor((done / total) * 100));
  return (
    <Bar
      aria-label={label}
      percent={percent}
      size="small"
      status={state === 'failed' ? 'exception' : state === 'running' ? 'active' : 'normal'}
      format={() => (
        <>
          <Count value={done} /> / <Count value={total} />
        </>
      )}
    />
  );
}
