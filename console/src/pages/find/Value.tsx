import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Masked, maskedValue } from '../../parts/Masked.tsx';
import { useWords, type Words } from '../../parts/model-words.ts';
import { Time } from '../../parts/Time.tsx';
import { texts } from './texts.ts';

const moment = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?Z$/;
/** Fields whose values are words of the model. */
const worded =
  /^(states\..+|kind|direction|gender|strength|receipt|money|process|approval|payment|fulfilment|closure)$/;

interface ValueProps {
  readonly value: unknown;
  /** Where in the record it stands. */
  readonly path: string;
  /** The record it names. */
  readonly refersTo?: { readonly id: string; readonly entity: string; readonly number: string | null } | null;
}

/** One value of a record as people read it; what may not be seen says so. */
export function Value({ value, path, refersTo }: ValueProps): ReactNode {
  const say = texts.useSay();
  const words = useWords();
  if (value === null || value === undefined || value === '') return '—';
  if (refersTo)
    return (
      <Link
        to="/records/$id"
        params={{ id: refersTo.id }}
        onClick={(event) => event.stopPropagation()}
        title={refersTo.id}
      >
        {`${words('entity', refersTo.entity)} ${refersTo.number ?? shortId(refersTo.id)}`}
      </Link>
    );
  if (typeof value === 'boolean') return say(value ? 'yes' : 'no');
  if (typeof value === 'string' && moment.test(value)) return <Time at={value} />;
  const text = valueText(value, path, words);
  if (text.includes(maskedValue)) return <Masked value={text} />;
  return (
    <span className="lh-break" title={text}>
      {text}
    </span>
  );
}

function valueText(value: unknown, path: string, words: Words): string {
  if (typeof value === 'string') {
    const field = path.replace(/\[[^\]]*\]/g, '');
    const last = field.split('.').at(-1) ?? field;
    return worded.test(field) || worded.test(last) ? words('word', value) : value;
  }
  if (Array.isArray(value)) return value.map((one) => valueText(one, path, words)).join(', ');
  if (isPhone(value)) return value.display ?? value.e164 ?? '';
  return JSON.stringify(value);
}

function isPhone(value: unknown): value is { readonly e164?: string; readonly display?: string } {
  return typeof value === 'object' && value !== null && ('e164' in value || 'display' in value);
}

/** Enough of an id to tell it from others at a glance. */
export function shortId(id: string): string {
  return `…${id.slice(-8)}`;
}
