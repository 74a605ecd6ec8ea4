import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import { Button, Drawer, Select, Space } from 'antd';
import { type ReactNode, useState } from 'react';
import { answer, type HubSchemas, hub } from '../../../api/client.ts';
import { Code } from '../../../parts/Code.tsx';
import { Nothing, QueryView } from '../../../parts/QueryView.tsx';
import styles from '../mappings.module.css';
import { texts } from '../texts.ts';
import type { ChosenField } from './insert.ts';

type Suggestion = HubSchemas['MappingSuggestion'];
type Guess = Suggestion['guesses'][number];

interface SuggestionOptions {
  readonly mapping: HubSchemas['Mapping'];
  readonly connection: string;
  readonly sample: Record<string, unknown> | undefined;
  readonly enabled: boolean;
}

/** What the hub would pair, from names, types and the sample. */
export function useSuggestion({
  mapping,
  connection,
  sample,
  enabled,
}: SuggestionOptions): UseQueryResult<Suggestion> {
  return useQuery({
    queryKey: ['mapping-suggestion', mapping.name, connection, sample],
    queryFn: ({ signal }) =>
      answer(
        hub.POST('/v1/mappings/suggest', {
          body: {
            connection,
            object: mapping.object,
            entity: mapping.entity as 'order',
            direction: 'both',
            name: mapping.name,
            samples: sample === undefined ? [] : [sample],
          },
          signal,
        }),
      ),
    enabled,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

interface SuggestionsProps {
  readonly open: boolean;
  readonly close: () => void;
  readonly query: UseQueryResult<Suggestion>;
  readonly mapping: HubSchemas['Mapping'];
  readonly sides: HubSchemas['MappingSides'] | undefined;
  readonly insert: (chosen: ChosenField, partner: string) => void;
  readonly replace: (text: string) => void;
}

/** Fields nobody has mapped yet with what they may be, the surest first; and a whole draft. */
export function Suggestions(props: SuggestionsProps): ReactNode {
  const { open, close, query, mapping, sides, insert, replace } = props;
  const say = texts.useSay();
  const [whole, setWhole] = useState(false);
  const mapped = new Set(mapping.lines.map(({ canonical }) => canonical));
  const left = (guesses: readonly Guess[]): Guess[] =>
    guesses.filter(({ path }) => !mapped.has(path)).toSorted((a, b) => b.score - a.score);
  return (
    <Drawer open={open} onClose={close} title={say('suggestTitle')} size={640}>
      <p className={styles.quiet}>{say('suggestLead')}</p>
      <QueryView
        query={query}
        isEmpty={({ guesses }) => left(guesses).length === 0 && !whole}
        empty={<Nothing>{say('allMapped')}</Nothing>}
      >
        {(data) => (
          <Space orientation="vertical" size="middle" className={styles.wide}>
            <Space wrap>
              <Button onClick={() => setWhole(!whole)}>{say(whole ? 'showPairs' : 'showDraft')}</Button>
              {whole && (
                <Button
                  onClick={() => {
                    replace(data.text);
                    close();
                  }}
                >
                  {say('useDraft')}
                </Button>
              )}
              <span className={styles.quiet}>{say('gaps', { count: data.gaps })}</span>
            </Space>
            {whole ? (
              <Code value={data.text} language="yaml" label={say('draft')} />
            ) : (
              <ul className={styles.guesses} aria-label={say('suggestTitle')}>
                {left(data.guesses).map((guess) => (
                  <Pair
                    key={guess.path}
                    guess={guess}
                    insert={(at) => {
                      const field = sides?.ours.find(({ path }) => path === guess.path);
                      if (field) insert({ side: 'ours', field }, at);
                    }}
                  />
                ))}
              </ul>
            )}
          </Space>
        )}
      </QueryView>
    </Drawer>
  );
}

function Pair({
  guess,
  insert,
}: {
  readonly guess: Guess;
  readonly insert: (at: string) => void;
}): ReactNode {
  const say = texts.useSay();
  const [at, setAt] = useState(guess.at);
  const choices = [{ at: guess.at, score: guess.score }, ...guess.others];
  return (
    <li>
      <code className="lh-break">{guess.path}</code>
      <Select
        aria-label={say('theirFieldOf', { field: guess.path })}
        value={at}
        onChange={setAt}
        options={choices.map((one) => ({
          value: one.at,
          label: `${one.at} · ${Math.round(one.score * 100)} %`,
        }))}
      />
      <Button onClick={() => insert(at)}>{say('insert')}</Button>
    </li>
  );
}
