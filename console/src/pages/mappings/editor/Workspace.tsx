import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Alert, Button, Segmented, Select } from 'antd';
import { type ReactNode, useEffect, useMemo, useState } from 'react';
import { answer, hub } from '../../../api/client.ts';
import { useMay } from '../../../api/session.ts';
import { Code } from '../../../parts/Code.tsx';
import styles from '../mappings.module.css';
import { mappingRoute } from '../route.ts';
import { texts } from '../texts.ts';
import type { Draft } from './draft.ts';
import { FieldTree } from './FieldTree.tsx';
import type { Opened } from './index.tsx';
import { Problems } from './Problems.tsx';
import { partnersOf } from './partners.ts';
import { Result } from './Result.tsx';
import { Sample, useSample } from './Sample.tsx';
import { Stale } from './Stale.tsx';
import { Suggestions, useSuggestion } from './Suggestions.tsx';
import { type MappingProblem, TextDesk } from './setup.ts';
import { useApply } from './useApply.tsx';
import { useSettled } from './useSettled.ts';

interface WorkspaceProps {
  readonly opened: Opened;
  readonly draft: Draft | undefined;
  readonly setDraft: (draft: Draft | undefined) => void;
}

const noProblems: readonly MappingProblem[] = [];

/** Sample in, text, result: what is typed is checked and run as it stands, and nothing of it counts before it is applied. */
export function Workspace({ opened, draft, setDraft }: WorkspaceProps): ReactNode {
  const say = texts.useSay();
  const may = useMay();
  const { mapping, tag, path } = opened;
  const search = mappingRoute.useSearch();
  const navigate = mappingRoute.useNavigate();
  const [desk] = useState(() => new TextDesk());
  const [suggesting, setSuggesting] = useState(false);
  const text = draft?.text ?? mapping.text;
  const settled = useSettled(text);
  const party = mapping.usedBy.find((one) => one.connection === search.connection) ?? mapping.usedBy[0];
  const connection = party?.connection ?? '';
  const way = search.way ?? (party?.writes && !party.reads ? 'out' : 'in');
  const { left = 'sample' } = search;

  const check = useQuery({
    queryKey: ['mapping-check', mapping.name, settled],
    queryFn: ({ signal }) =>
      answer(hub.POST('/v1/mappings/check', { body: { text: settled, name: mapping.name }, signal })),
    enabled: may('configure') && settled.trim() !== '',
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const problems = check.data?.problems ?? noProblems;
  // Another mapping's name in the text is no fault of the text: it would be refused all the same.
  const isRight = may('configure') ? check.data?.ok === true && !check.isPlaceholderData : true;
  useEffect(() => desk.mark(problems), [desk, problems]);

  const sides = useQuery({
    queryKey: ['mapping-sides', mapping.name, mapping.version],
    queryFn: ({ signal }) =>
      answer(hub.GET('/v1/mappings/{folder}/{name}/sides', { params: { path }, signal })),
    staleTime: 60_000,
  });
  const language = useQuery({
    queryKey: ['mapping-language'],
    queryFn: ({ signal }) => answer(hub.GET('/v1/mappings/language', { signal })),
    staleTime: Number.POSITIVE_INFINITY,
  });
  desk.known = sides.data && language.data ? { sides: sides.data, language: language.data } : undefined;

  const sample = useSample({ mapping, connection, object: party?.object ?? mapping.object, way });
  const suggestion = useSuggestion({
    mapping,
    connection,
    sample: way === 'in' ? sample.value : undefined,
    enabled: may('configure') && connection !== '' && (suggesting || left !== 'sample'),
  });
  const guesses = suggestion.data?.guesses;
  desk.partnerOf = useMemo(() => partnersOf(guesses ?? []), [guesses]);

  const canPreview = may('operate') && isRight && settled === text && sample.value !== undefined;
  const preview = useQuery({
    queryKey: ['mapping-preview', mapping.name, mapping.version, connection, way, settled, sample.value],
    queryFn: ({ signal }) =>
      answer(
        hub.POST('/v1/mappings/{folder}/{name}/preview', {
          params: { path },
          body: {
            way,
            ...(connection === '' ? {} : { connection }),
            ...(settled === mapping.text ? {} : { text: settled }),
            sample: sample.value,
          },
          signal,
        }),
      ),
    enabled: canPreview,
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
  });

  const change = (typed: string): void =>
    setDraft({ text: typed, base: draft?.base ?? mapping.text, tag: draft?.tag ?? tag });
  const apply = useApply({ opened, draft, setDraft });
  const isStale = draft !== undefined && draft.tag !== tag && draft.text !== mapping.text;
  const errors = problems.filter(({ severity }) => severity === 'error').length;

  return (
    <div className={styles.workspace}>
      {isStale && <Stale opened={opened} draft={draft} setDraft={setDraft} />}
      <div className={styles.bar}>
        <Segmented
          aria-label={say('way')}
          value={way}
          onChange={(chosen) =>
            void navigate({ search: (now) => ({ ...now, way: chosen as 'in', sample: undefined }) })
          }
          options={[
            { value: 'in', label: say('wayIn', { connection }) },
            { value: 'out', label: say('wayOut', { connection }) },
          ]}
        />
        {mapping.usedBy.length > 1 && (
          <Select
            aria-label={say('connection')}
            value={connection}
            onChange={(chosen) =>
              void navigate({ search: (now) => ({ ...now, connection: chosen, sample: undefined }) })
            }
            options={[...new Set(mapping.usedBy.map((one) => one.connection))].map((value) => ({ value }))}
          />
        )}
        <span className={styles.space} />
        {may('configure') && (
          <>
            <Button onClick={() => setSuggesting(true)}>{say('suggest')}</Button>
            <Button disabled={draft === undefined} onClick={() => setDraft(undefined)}>
              {say('discard')}
            </Button>
            <Button
              disabled={draft === undefined}
              onClick={() =>
                void navigate({ search: (now) => ({ ...now, view: 'rehearsal', job: undefined }) })
              }
            >
              {say('rehearse')}
            </Button>
            <Button
              type="primary"
              disabled={draft === undefined || !isRight || settled !== text || isStale}
              onClick={apply}
            >
              {say('apply')}
            </Button>
          </>
        )}
      </div>
      <div className={styles.panes}>
        <section className={styles.pane} aria-label={say('paneIn')}>
          <div className={styles.paneHead}>
            <Segmented
              size="small"
              aria-label={say('paneIn')}
              value={left}
              onChange={(chosen) =>
                void navigate({
                  search: (now) => ({ ...now, left: chosen === 'sample' ? undefined : (chosen as 'ours') }),
                })
              }
              options={[
                { value: 'sample', label: say('sample') },
                { value: 'theirs', label: say('theirFields') },
                { value: 'ours', label: say('ourFields') },
              ]}
            />
          </div>
          {left === 'sample' ? (
            <Sample sample={sample} way={way} />
          ) : (
            <FieldTree key={left} side={left} sides={sides} desk={desk} canInsert={may('configure')} />
          )}
        </section>
        <section className={styles.pane} aria-label={say('paneText')}>
          <div className={styles.paneHead}>
            <span>
              {say('paneText')}
              {draft && <span className={styles.quiet}> · {say('notApplied')}</span>}
            </span>
            <span className={styles.quiet}>{may('configure') && say('keys')}</span>
          </div>
          <div className={styles.fill}>
            <Code
              value={text}
              language="yaml"
              label={say('paneText')}
              height="100%"
              extensions={desk.extensions}
              onChange={may('configure') ? change : undefined}
            />
          </div>
          {may('configure') ? (
            <Problems query={check} errors={errors} goTo={(line, column) => desk.goTo(line, column)} />
          ) : (
            <Alert type="info" showIcon title={say('readOnly')} />
          )}
        </section>
        <section className={styles.pane} aria-label={say('paneResult')}>
          <Result
            preview={preview}
            isWaiting={!canPreview && sample.value !== undefined}
            hasSample={sample.value !== undefined}
            goTo={(line) => desk.goTo(line)}
          />
        </section>
      </div>
      <Suggestions
        open={suggesting}
        close={() => setSuggesting(false)}
        query={suggestion}
        mapping={mapping}
        sides={sides.data}
        insert={(chosen, partner) => {
          const known = desk.partnerOf;
          desk.partnerOf = () => partner;
          desk.insert(chosen);
          desk.partnerOf = known;
        }}
        replace={change}
      />
    </div>
  );
}
