import { CheckCircleFilled, CloseCircleFilled, ExclamationCircleFilled } from '@ant-design/icons';
import type { ReactNode } from 'react';
import styles from './parts.module.css';
import { texts } from './texts.ts';

export type Colour = 'green' | 'amber' | 'red';

const icons = {
  green: <CheckCircleFilled style={{ color: 'var(--ant-color-success)' }} />,
  amber: <ExclamationCircleFilled style={{ color: 'var(--ant-color-warning)' }} />,
  red: <CloseCircleFilled style={{ color: 'var(--ant-color-error)' }} />,
} as const;

/** How something is: a colour, always with a sign and a word. */
export function State({
  colour,
  children,
}: {
  readonly colour: Colour;
  readonly children?: ReactNode;
}): ReactNode {
  const say = texts.useSay();
  return (
    <span className={styles.state}>
      {icons[colour]}
      {children ?? say(colour)}
    </span>
  );
}
