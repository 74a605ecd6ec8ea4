import { type ReactNode, useEffect } from 'react';
import styles from './parts.module.css';

interface PageFrameProps {
  readonly title: string;
  /** One sentence: what this page is for. */
  readonly lead?: ReactNode;
  /** Buttons and switches that concern the whole page. */
  readonly actions?: ReactNode;
  readonly children?: ReactNode;
}

/** What every page stands in, within the main part of the shell: its title, also of the browser's tab, its actions, its content. */
export function PageFrame({ title, lead, actions, children }: PageFrameProps): ReactNode {
  useEffect(() => {
    document.title = `${title} · LianHub`;
  }, [title]);
  return (
    <div className={styles.page}>
      <header className={styles.head}>
        <div>
          <h1>{title}</h1>
          {lead !== undefined && <p className={styles.lead}>{lead}</p>}
        </div>
        {actions !== undefined && <div className={styles.actions}>{actions}</div>}
      </header>
      {children}
    </div>
  );
}
