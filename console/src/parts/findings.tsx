import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { type Language, useLanguage } from '../language/index.ts';
import type { Sentences } from '../language/sentences.ts';
import { useSentences } from '../language/useSentences.ts';
import { type Finding, findingAction, findingWhat } from './finding-texts.ts';
import { useWords, type Words } from './model-words.ts';
import { momentText, spanText } from './time-text.ts';

export type { Finding } from './finding-texts.ts';

const seconds: Readonly<Record<string, number>> = { s: 1, min: 60, h: 3_600, d: 86_400 };

/** Stretches of time, moments and words as people here read them; everything else as it is. */
function valueText(
  name: string,
  value: string | number,
  language: Language,
  words: Words,
  sentences: Sentences | undefined,
): string | number {
  if (typeof value === 'number') return value;
  if (name === 'entity') return words('entity', value);
  if (name === 'kind') return words('request', value);
  if (name === 'state') return words('subscription', value);
  const [, length, unit = ''] = /^(\d+) (s|min|h|d)$/.exec(value) ?? [];
  if (length !== undefined) return spanText(Number(length) * (seconds[unit] ?? 1), language);
  return /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value) ? momentText(value) : (sentences?.said(value) ?? value);
}

/** Says what health has found, and what to do, in the language of the user. */
export function useFinding(): (finding: Finding) => { readonly what: string; readonly action: string } {
  const language = useLanguage();
  const words = useWords();
  const sentences = useSentences();
  const sayWhat = findingWhat.useSay();
  const sayAction = findingAction.useSay();
  return ({ code, values }) => {
    const told = Object.fromEntries(
      Object.entries(values).map(([name, value]) => [
        name,
        valueText(name, value, language, words, sentences),
      ]),
    );
    // Which values a code has is known by the hub alone.
    const fill: (code: string, values: object) => string = sayWhat as never;
    return { what: fill(code, told), action: sayAction(code) };
  };
}

interface FindingLinkProps {
  readonly finding: Finding;
  readonly children: ReactNode;
}

/** Leads to the place where something can be done about a finding. */
export function FindingLink({ finding, children }: FindingLinkProps): ReactNode {
  const { code, values } = finding;
  const where = { connection: finding.connection ?? undefined, object: finding.object ?? undefined };
  const text = (name: string): string | undefined =>
    values[name] === undefined ? undefined : String(values[name]);
  switch (code) {
    case 'health.dead-letters':
      return link('causes');
    case 'health.unknown-writes':
      return link('unknown');
    case 'health.waits-for-code':
      return link('waits');
    case 'health.blocked':
    case 'health.waits-long':
    case 'health.books-closing':
      return link('waits');
    case 'health.requests-overdue':
      return link('requests');
    case 'health.conflicts':
      return link('conflicts');
    case 'health.subscription-failing':
    case 'health.subscription-off':
      return (
        <Link to="/syncs" search={{ tab: 'subscriptions', subscription: text('subscription') }}>
          {children}
        </Link>
      );
    case 'health.rule-stuck':
    case 'health.milestone-missed':
      return (
        <Link to="/syncs" search={{ tab: 'rules', rule: text('rule') }}>
          {children}
        </Link>
      );
    case 'health.derivation-parked':
      return (
        <Link to="/mappings" search={{ tab: 'derivations' }}>
          {children}
        </Link>
      );
    default:
      return (
        <Link to="/connections" search={{ connection: where.connection }}>
          {children}
        </Link>
      );
  }
  function link(tab: 'causes' | 'unknown' | 'waits' | 'requests' | 'conflicts'): ReactNode {
    return (
      <Link to="/problems" search={{ tab, ...where }}>
        {children}
      </Link>
    );
  }
}
