import type { ReactNode } from 'react';
import { texts as parts } from '../../parts/texts.ts';
import styles from './health.module.css';
import { texts } from './texts.ts';

/** What the colours of the map's edges say. */
export function Legend(): ReactNode {
  const say = texts.useSay();
  const sayPart = parts.useSay();
  const colours = [
    [say('flowing'), 'var(--ant-color-success)'],
    [say('idle'), 'var(--ant-color-text-quaternary)'],
    [sayPart('amber'), 'var(--ant-color-warning)'],
    [sayPart('red'), 'var(--ant-color-error)'],
  ] as const;
  return (
    <div className={styles.legend}>
      {colours.map(([text, background]) => (
        <span key={text}>
          <i style={{ background }} />
          {text}
        </span>
      ))}
    </div>
  );
}
