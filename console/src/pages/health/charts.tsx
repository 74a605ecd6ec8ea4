import { useNavigate } from '@tanstack/react-router';
import { type ReactNode, useCallback, useMemo } from 'react';
import type { HubSchemas } from '../../api/client.ts';
import { type Language, useLanguage } from '../../language/index.ts';
import { Chart, type ChartOption, type Tokens } from '../../parts/Chart.tsx';
import { Nothing } from '../../parts/QueryView.tsx';
import { momentText, secondsSince, spanText } from '../../parts/time-text.ts';
import { texts } from './texts.ts';

type Flows = HubSchemas['Flows'];
type Place = Flows['places'][number];

const sumOf = (numbers: readonly number[]): number => numbers.reduce((sum, one) => sum + one, 0);
const nameOf = ({ connection, object }: Pick<Place, 'connection' | 'object'>): string =>
  `${connection}/${object}`;
const barHeight = 30;
/** Bars of one chart, the worst ones. */
const most = 12;

function axes(tokens: Tokens): {
  readonly axisLabel: object;
  readonly axisLine: object;
  readonly splitLine: object;
} {
  return {
    axisLabel: { color: tokens.colorTextSecondary },
    axisLine: { lineStyle: { color: tokens.colorBorder } },
    splitLine: { lineStyle: { color: tokens.colorBorderSecondary } },
  };
}

/** Bars that lie, the first one at the top, with their names at the left. */
function lying(tokens: Tokens, names: readonly string[]): ChartOption {
  return {
    grid: { left: 8, right: 24, top: 8, bottom: 28, containLabel: true },
    xAxis: { type: 'value', ...axes(tokens), minInterval: 1 },
    yAxis: {
      type: 'category',
      data: [...names],
      inverse: true,
      ...axes(tokens),
      axisTick: { show: false },
      axisLabel: { color: tokens.colorText, width: 190, overflow: 'truncate' },
    },
  };
}

const heightFor = (bars: number): number => bars * barHeight + 44;

export function Traffic({ flows }: { readonly flows: Flows }): ReactNode {
  const say = texts.useSay();
  const { places, from, stepSeconds, steps } = flows;
  const lines = useMemo(() => {
    const line = (kind: 'received' | 'written' | 'refused' | 'repeated' | 'dead'): number[] =>
      Array.from({ length: steps }, (_, at) => sumOf(places.map((place) => place[kind][at] ?? 0)));
    return {
      received: line('received'),
      written: line('written'),
      refused: line('refused'),
      repeated: line('repeated'),
      dead: line('dead'),
    };
  }, [places, steps]);
  const option = useCallback(
    (tokens: Tokens): ChartOption => {
      const start = Date.parse(from);
      const times = Array.from({ length: steps }, (_, at) =>
        new Date(start + at * stepSeconds * 1_000).toISOString(),
      );
      const isLong = steps * stepSeconds > 86_400;
      const colours = {
        received: tokens.colorPrimary,
        written: tokens.colorSuccess,
        repeated: tokens.colorWarning,
        refused: tokens.colorError,
        dead: tokens.colorTextTertiary,
      };
      return {
        grid: { left: 8, right: 16, top: 36, bottom: 8, containLabel: true },
        legend: { top: 0, left: 0, textStyle: { color: tokens.colorText }, icon: 'roundRect' },
        tooltip: { trigger: 'axis' },
        xAxis: {
          type: 'category',
          data: times.map((time) =>
            isLong ? momentText(time).slice(5, 16) : momentText(time).slice(11, 16),
          ),
          ...axes(tokens),
          splitLine: { show: false },
        },
        yAxis: { type: 'value', minInterval: 1, ...axes(tokens) },
        series: (['received', 'written', 'repeated', 'refused', 'dead'] as const).map((kind) => ({
          name: say(kind),
          type: 'line',
          data: lines[kind],
          showSymbol: false,
          lineStyle: { width: 2 },
          color: colours[kind],
        })),
      };
    },
    [from, steps, stepSeconds, lines, say],
  );
  const totals = {
    received: sumOf(lines.received),
    written: sumOf(lines.written),
    refused: sumOf(lines.refused),
    dead: sumOf(lines.dead),
  };
  if (totals.received + totals.written + totals.refused + totals.dead === 0)
    return <Nothing>{say('nothingMoved')}</Nothing>;
  return <Chart label={say('trafficLabel', totals)} height={260} option={option} />;
}

export function Freshness({ flows, at }: { readonly flows: Flows; readonly at: string }): ReactNode {
  const say = texts.useSay();
  const language = useLanguage();
  const places = useMemo(
    () =>
      flows.places
        .flatMap((place) =>
          place.readUpTo === null
            ? []
            : [
                {
                  place,
                  age: Math.max(0, secondsSince(place.readUpTo, Date.parse(at))),
                  every: place.pollSeconds ?? 0,
                },
              ],
        )
        .sort((a, b) => b.age / Math.max(1, b.every) - a.age / Math.max(1, a.every))
        .slice(0, most),
    [flows.places, at],
  );
  const option = useCallback(
    (tokens: Tokens): ChartOption => {
      const base = lying(
        tokens,
        places.map(({ place }) => nameOf(place)),
      );
      return {
        ...base,
        xAxis: { type: 'value', ...axes(tokens), splitNumber: 4, axisLabel: spanLabel(tokens, language) },
        tooltip: {
          formatter: (shown) =>
            freshnessTip(shown, places, language, say('everyInterval', { span: '{span}' })),
        },
        series: [
          {
            type: 'bar',
            barWidth: 12,
            data: places.map(({ age, every }) => ({
              value: Math.round(age),
              itemStyle: {
                color:
                  age > 10 * every + 120
                    ? tokens.colorError
                    : age > 3 * every + 120
                      ? tokens.colorWarning
                      : tokens.colorSuccess,
              },
            })),
          },
        ],
      };
    },
    [places, language, say],
  );
  const [oldest] = places;
  if (!oldest) return <Nothing>{say('noPolls')}</Nothing>;
  const label = say('freshnessLabel', { place: nameOf(oldest.place), span: spanText(oldest.age, language) });
  return <Chart label={label} height={heightFor(places.length)} option={option} />;
}

function spanLabel(tokens: Tokens, language: Language): object {
  return {
    color: tokens.colorTextSecondary,
    formatter: (value: number) => spanText(value, language),
    hideOverlap: true,
  };
}

function freshnessTip(
  shown: unknown,
  places: readonly { readonly place: Place; readonly age: number; readonly every: number }[],
  language: Language,
  everyText: string,
): string {
  const at =
    typeof shown === 'object' && shown !== null && 'dataIndex' in shown ? Number(shown.dataIndex) : -1;
  const found = places[at];
  if (!found) return '';
  const every = everyText.replace('{span}', spanText(found.every, language));
  return `${escaped(nameOf(found.place))}<br>${escaped(`${spanText(found.age, language)} (${every})`)}`;
}

/** Tips are HTML. */
function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

function waitingIn(one: Pick<Place, 'dueMessages' | 'dueCopies' | 'stuckMessages' | 'stuckCopies'>): number {
  return one.dueMessages + one.dueCopies + one.stuckMessages + one.stuckCopies;
}

export function Backlog({ flows }: { readonly flows: Flows }): ReactNode {
  const say = texts.useSay();
  const places = useMemo(
    () =>
      flows.places
        .map((place) => ({ ...place, stuck: place.stuckMessages + place.stuckCopies }))
        .filter((place) => waitingIn(place) > 0)
        .sort((a, b) => waitingIn(b) - waitingIn(a))
        .slice(0, most),
    [flows.places],
  );
  const option = useCallback(
    (tokens: Tokens): ChartOption => {
      const series = [
        ['dueMessages', 'dueMessages', tokens.colorPrimary],
        ['dueCopies', 'dueCopies', tokens.colorWarning],
        ['stuck', 'stuckSeries', tokens.colorError],
      ] as const;
      const base = lying(tokens, places.map(nameOf));
      return {
        ...base,
        grid: { left: 8, right: 24, top: 32, bottom: 8, containLabel: true },
        legend: { top: 0, left: 0, textStyle: { color: tokens.colorText }, icon: 'roundRect' },
        tooltip: { trigger: 'axis', axisPointer: { type: 'shadow' } },
        series: series.map(([kind, name, color]) => ({
          type: 'bar',
          stack: 'all',
          barWidth: 12,
          name: say(name),
          color,
          data: places.map((place) => place[kind]),
        })),
      };
    },
    [places, say],
  );
  if (places.length === 0) return <Nothing>{say('noBacklog')}</Nothing>;
  const label = say('backlogLabel', {
    due: sumOf(places.map((one) => one.dueMessages + one.dueCopies)),
    stuck: sumOf(places.map((one) => one.stuck)),
  });
  return <Chart label={label} height={heightFor(places.length) + 12} option={option} />;
}

type Group = HubSchemas['ProblemGroup'];

export function Errors({ groups }: { readonly groups: readonly Group[] }): ReactNode {
  const say = texts.useSay();
  const navigate = useNavigate();
  const causes = useMemo(() => {
    const byCode = new Map<string, number>();
    for (const { code, count } of groups) byCode.set(code, (byCode.get(code) ?? 0) + count);
    return [...byCode].sort((a, b) => b[1] - a[1]).slice(0, most);
  }, [groups]);
  const option = useCallback(
    (tokens: Tokens): ChartOption => ({
      ...lying(
        tokens,
        causes.map(([code]) => code),
      ),
      tooltip: { trigger: 'axis', axisPointer: { type: 'shadow' } },
      series: [
        { type: 'bar', barWidth: 12, color: tokens.colorError, data: causes.map(([, count]) => count) },
      ],
    }),
    [causes],
  );
  const [worst] = causes;
  if (!worst) return <Nothing>{say('noErrors')}</Nothing>;
  return (
    <Chart
      label={say('errorsLabel', { count: sumOf(causes.map(([, count]) => count)), code: worst[0] })}
      height={heightFor(causes.length)}
      option={option}
      onPick={(at) => void navigate({ to: '/problems', search: { code: causes[at]?.[0] } })}
    />
  );
}

const kinds = ['fetch', 'poll', 'write', 'backfill', 'operator'] as const;

export function Budgets({ flows }: { readonly flows: Flows }): ReactNode {
  const say = texts.useSay();
  const budgets = useMemo(
    () =>
      flows.budgets
        .map(({ connection, unit, shares }) => {
          const limit = sumOf(Object.values(shares).map((one) => one.limit));
          const used = sumOf(Object.values(shares).map((one) => one.used));
          return { name: unit === '' ? connection : `${connection}/${unit}`, shares, limit, used };
        })
        .filter(({ limit }) => limit > 0)
        .sort((a, b) => b.used / b.limit - a.used / a.limit)
        .slice(0, most),
    [flows.budgets],
  );
  const option = useCallback(
    (tokens: Tokens): ChartOption => {
      const colours = [
        tokens.colorPrimary,
        tokens.colorInfo,
        tokens.colorSuccess,
        tokens.colorWarning,
        tokens.colorTextTertiary,
      ];
      return {
        ...lying(
          tokens,
          budgets.map(({ name }) => name),
        ),
        grid: { left: 8, right: 24, top: 32, bottom: 8, containLabel: true },
        xAxis: {
          type: 'value',
          min: 0,
          max: 100,
          ...axes(tokens),
          axisLabel: { color: tokens.colorTextSecondary, formatter: '{value} %' },
        },
        legend: { top: 0, left: 0, textStyle: { color: tokens.colorText }, icon: 'roundRect' },
        tooltip: {
          trigger: 'axis',
          axisPointer: { type: 'shadow' },
          valueFormatter: (value) => `${Number(value)} %`,
        },
        series: kinds.map((kind, at) => ({
          type: 'bar',
          stack: 'used',
          barWidth: 12,
          name: say(`kind.${kind}`),
          color: colours[at] ?? tokens.colorPrimary,
          data: budgets.map(
            ({ shares, limit }) => Math.round((1_000 * (shares[kind]?.used ?? 0)) / limit) / 10,
          ),
        })),
      };
    },
    [budgets, say],
  );
  const [first] = budgets;
  if (!first) return <Nothing>{say('noBudgets')}</Nothing>;
  const percent = Math.round((100 * first.used) / first.limit);
  return (
    <Chart
      label={say('budgetsLabel', { connection: first.name, percent })}
      height={heightFor(budgets.length) + 12}
      option={option}
    />
  );
}

type Rule = HubSchemas['Rule'];

export function Milestones({ rules }: { readonly rules: readonly Rule[] }): ReactNode {
  const say = texts.useSay();
  const navigate = useNavigate();
  const milestones = useMemo(() => rules.filter(({ kind }) => kind === 'milestone').slice(0, most), [rules]);
  const option = useCallback(
    (tokens: Tokens): ChartOption => {
      const series = [
        ['met', tokens.colorSuccess, (rule: Rule) => rule.outcomes.met ?? 0],
        ['open', tokens.colorPrimary, (rule: Rule) => rule.waiting],
        ['missed', tokens.colorError, (rule: Rule) => rule.outcomes.missed ?? 0],
      ] as const;
      return {
        ...lying(
          tokens,
          milestones.map(({ rule }) => rule.replace(/^milestones\./, '')),
        ),
        grid: { left: 8, right: 24, top: 32, bottom: 8, containLabel: true },
        legend: { top: 0, left: 0, textStyle: { color: tokens.colorText }, icon: 'roundRect' },
        tooltip: { trigger: 'axis', axisPointer: { type: 'shadow' } },
        series: series.map(([name, color, count]) => ({
          type: 'bar',
          stack: 'all',
          barWidth: 12,
          name: say(name),
          color,
          data: milestones.map(count),
        })),
      };
    },
    [milestones, say],
  );
  if (milestones.length === 0) return <Nothing>{say('noMilestones')}</Nothing>;
  const count = (outcome: string): number => sumOf(milestones.map(({ outcomes }) => outcomes[outcome] ?? 0));
  return (
    <Chart
      label={say('milestonesLabel', { met: count('met'), missed: count('missed') })}
      height={heightFor(milestones.length) + 12}
      option={option}
      onPick={(at) => void navigate({ to: '/syncs', search: { tab: 'rules', rule: milestones[at]?.rule } })}
    />
  );
}
