import type { ReactNode } from 'react';
import styles from './matrix.module.css';

/** A short word in a frame: what somebody does with a field or object. */
export function Chip({
  kind,
  title,
  children,
}: {
  readonly kind?: 'reads' | 'writes' | 'owns';
  readonly title?: string;
  readonly children: ReactNode;
}): ReactNode {
  return (
    <span className={`${styles.chip} ${kind === undefined ? '' : styles[kind]}`} title={title}>
      {children}
    </span>
  );
}
