/** Trying many letters again, or leaving them: asked about with what would become of them, and at a pace. */

import { useQueryClient } from '@tanstack/react-query';
import { Form, InputNumber } from 'antd';
import { answer, hub } from '../../../api/client.ts';
import { type Action, useAction } from '../../../parts/ActionDialog.tsx';
import { readAgain } from '../counts.ts';
import { texts } from '../texts.ts';

interface Handled {
  readonly done: number;
  readonly superseded: number;
  readonly unknown: number;
  readonly gone: number;
}

/** Letters one by one, or all of a cause. */
export type Which =
  | { readonly letters: readonly string[] }
  | { readonly filter: { readonly group: string; readonly state?: 'dead' | 'parked' } };

/** Letters the API takes by name at once. */
const atOnce = 500;
const usualRate = 50;

function portions(which: Which): ({ letters: string[] } | { filter: { group: string } })[] {
  if (!('letters' in which)) return [{ filter: { ...which.filter } }];
  const parts: { letters: string[] }[] = [];
  for (let from = 0; from < which.letters.length; from += atOnce)
    parts.push({ letters: which.letters.slice(from, from + atOnce) });
  return parts;
}

async function inPortions(which: Which, ask: (part: object) => Promise<Handled>): Promise<Handled> {
  const total = { done: 0, superseded: 0, unknown: 0, gone: 0 };
  for (const part of portions(which)) {
    const { done, superseded, unknown, gone } = await ask(part);
    total.done += done;
    total.superseded += superseded;
    total.unknown += unknown;
    total.gone += gone;
  }
  return total;
}

type Bulk = (which: Which, after?: () => void) => void;

export function useBulk(): { readonly retry: Bulk; readonly skip: Bulk } {
  const say = texts.useSay();
  const act = useAction();
  const client = useQueryClient();
  const what = (handled: Handled, word: 'willRetry' | 'willSkip' | 'retried' | 'skipped') => (
    <>
      <div>{say(word, { count: handled.done })}</div>
      {handled.unknown > 0 && <div>{say('leftUnknown', { count: handled.unknown })}</div>}
      {handled.superseded > 0 && <div>{say('superseded', { count: handled.superseded })}</div>}
      {handled.gone > 0 && <div>{say('gone', { count: handled.gone })}</div>}
    </>
  );
  const common = (after?: () => void): Pick<Action<Handled, Handled>, 'reason' | 'isNothing' | 'after'> => ({
    reason: 'optional',
    isNothing: ({ done }) => done === 0,
    after: async () => {
      after?.();
      await readAgain(client);
    },
  });
  return {
    retry(which, after) {
      const rate = { perSecond: usualRate };
      const ask = (part: object, more: object): Promise<Handled> =>
        answer(hub.POST('/v1/deadletters/retry', { body: { ...part, ...more } as never }));
      act<Handled, Handled>({
        ...common(after),
        title: say('retry'),
        verb: say('retry'),
        preview: () => inPortions(which, (part) => ask(part, { dryRun: true })),
        showPreview: (handled) => what(handled, 'willRetry'),
        fields: (
          <Form.Item
            name="perSecond"
            label={say('rate')}
            extra={say('rateHint')}
            initialValue={usualRate}
            rules={[{ required: true, type: 'number', min: 0.01, max: 1_000, message: say('rateWrong') }]}
          >
            <InputNumber
              min={0.01}
              max={1_000}
              onChange={(value) => {
                rate.perSecond = Number(value ?? usualRate);
              }}
            />
          </Form.Item>
        ),
        run: ({ reason }) =>
          inPortions(which, (part) => ask(part, { ...rate, ...(reason === '' ? {} : { note: reason }) })),
        done: (handled) => what(handled, 'retried'),
      });
    },
    skip(which, after) {
      const ask = (part: object, more: object): Promise<Handled> =>
        answer(hub.POST('/v1/deadletters/skip', { body: { ...part, ...more } as never }));
      act<Handled, Handled>({
        ...common(after),
        title: say('skip'),
        verb: say('skip'),
        what: say('skipWhat'),
        isDangerous: true,
        preview: () => inPortions(which, (part) => ask(part, { dryRun: true })),
        showPreview: (handled) => what(handled, 'willSkip'),
        run: ({ reason }) => inPortions(which, (part) => ask(part, reason === '' ? {} : { note: reason })),
        done: (handled) => what(handled, 'skipped'),
      });
    },
  };
}
