import { Drawer } from 'antd';
import type { ReactNode } from 'react';
import styles from '../problems.module.css';

interface SideProps {
  readonly open: boolean;
  readonly title: ReactNode;
  readonly close: () => void;
  /** What can be done about it. */
  readonly actions?: ReactNode;
  readonly size?: number;
  readonly children: ReactNode;
}

/** What is open, beside the list it is of. */
export function Side({ open, title, close, actions, size = 720, children }: SideProps): ReactNode {
  return (
    <Drawer open={open} title={title} size={size} onClose={close} destroyOnHidden footer={actions}>
      <div className={styles.stack}>{children}</div>
    </Drawer>
  );
}
