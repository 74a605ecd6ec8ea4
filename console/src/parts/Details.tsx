import type { ReactNode } from 'react';
import styles from './lists.module.css';

/** What is known of one thing: a word and its value, line by line. Lines that are false are left out. */
export function Details({
  lines,
}: {
  readonly lines: readonly (readonly [label: string, value: ReactNode] | false)[];
}): ReactNode {
  return (
    <dl className={styles.details}>
      {lines.map(
        (line) =>
          line && (
            <div key={line[0]} style={{ display: 'contents' }}>
              <dt>{line[0]}</dt>
              <dd>{line[1] ?? '—'}</dd>
            </div>
          ),
      )}
    </dl>
  );
}
