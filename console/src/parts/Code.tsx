/** Code and differences; CodeMirror is loaded when the first of them is shown. */
import { lazy, type ReactNode, Suspense } from 'react';
import type { DifferenceProps } from './code/Difference.tsx';
import type { EditorProps } from './code/Editor.tsx';
import { Loading } from './QueryView.tsx';

const LazyEditor = lazy(() => import('./code/Editor.tsx'));
const LazyDifference = lazy(() => import('./code/Difference.tsx'));

/** YAML, JSON or text to read, or with `onChange` to edit. */
export function Code(props: EditorProps): ReactNode {
  return (
    <Suspense fallback={<Loading />}>
      <LazyEditor {...props} />
    </Suspense>
  );
}

/** A JSON value to read. */
export function JsonView({
  value,
  label,
  height,
}: {
  readonly value: unknown;
  readonly label: string;
  readonly height?: string;
}): ReactNode {
  return <Code value={jsonText(value)} language="json" label={label} height={height} />;
}

/** Two texts, or two JSON values, beside each other. */
export function Diff(props: DifferenceProps): ReactNode {
  return (
    <Suspense fallback={<Loading />}>
      <LazyDifference {...props} />
    </Suspense>
  );
}

/** As `Diff` and `JsonView` show a value; keys in order, so that only what differs differs. */
export function jsonText(value: unknown): string {
  return JSON.stringify(value, inOrder, 2) ?? '';
}

function inOrder(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
