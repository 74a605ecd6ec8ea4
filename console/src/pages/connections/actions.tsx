/** What is done with a connection, each asked about first. */
import { useQueryClient } from '@tanstack/react-query';
import { Form, Select } from 'antd';
import { type ReactNode, useState } from 'react';
import { answer, hub } from '../../api/client.ts';
import { refreshLists } from '../../api/queries.ts';
import { useLanguage } from '../../language/index.ts';
import { useAction } from '../../parts/ActionDialog.tsx';
import { spanText } from '../../parts/time-text.ts';
import { texts } from './texts.ts';

/** Reads anew what a change of connections changes. */
export function useRefresh(): () => Promise<void> {
  const queries = useQueryClient();
  return async () => {
    await Promise.all([
      queries.invalidateQueries({ queryKey: ['connections'] }),
      queries.invalidateQueries({ queryKey: ['configuration'] }),
      queries.invalidateQueries({ queryKey: ['health'] }),
      refreshLists(queries, 'connections'),
    ]);
  };
}

const hour = 3_600;
const lengths = [hour / 4, hour, 4 * hour, 12 * hour, 24 * hour, 7 * 24 * hour, 30 * 24 * hour];

/** Holds a connection back. */
export function usePause(): (id: string) => void {
  const say = texts.useSay();
  const act = useAction();
  const refresh = useRefresh();
  return (id) => {
    let seconds = hour;
    act({
      title: say('pauseTitle', { id }),
      verb: say('pause'),
      what: say('pauseWhat'),
      fields: (
        <HowLong
          first={seconds}
          onChange={(chosen) => {
            seconds = chosen;
          }}
        />
      ),
      reason: 'required',
      run: ({ reason }) =>
        answer(
          hub.POST('/v1/connections/{id}/pause', { params: { path: { id } }, body: { seconds, reason } }),
        ),
      done: () => say('paused', { id }),
      after: refresh,
    });
  };
}

function HowLong({
  first,
  onChange,
}: {
  readonly first: number;
  readonly onChange: (seconds: number) => void;
}): ReactNode {
  const say = texts.useSay();
  const language = useLanguage();
  const [seconds, setSeconds] = useState(first);
  return (
    <Form.Item label={say('howLong')} htmlFor="pause-for">
      <Select
        id="pause-for"
        value={seconds}
        onChange={(chosen) => {
          setSeconds(chosen);
          onChange(chosen);
        }}
        options={lengths.map((value) => ({ value, label: lengthText(value, language) }))}
      />
    </Form.Item>
  );
}

/** `1 hr` rather than the `60 min` of an age. */
function lengthText(seconds: number, language: 'zh-CN' | 'en'): string {
  const [unit, size] =
    seconds % (24 * hour) === 0 ? (['day', 24 * hour] as const) : (['hour', hour] as const);
  if (seconds < hour) return spanText(seconds, language);
  return new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'long' }).format(seconds / size);
}

/** Lets a connection go on. */
export function useResume(): (id: string) => void {
  const say = texts.useSay();
  const act = useAction();
  const refresh = useRefresh();
  return (id) =>
    act({
      title: say('resumeTitle', { id }),
      verb: say('resume'),
      what: say('resumeWhat'),
      reason: 'optional',
      run: ({ reason }) =>
        answer(
          hub.POST('/v1/connections/{id}/resume', {
            params: { path: { id } },
            body: reason === '' ? {} : { reason },
          }),
        ),
      done: () => say('resumed', { id }),
      after: refresh,
    });
}
