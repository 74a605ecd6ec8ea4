import { Alert, App, Button, Modal } from 'antd';
import type { ReactNode } from 'react';
import { texts } from './list-texts.ts';
import styles from './lists.module.css';

interface ShownOnceProps {
  readonly title: string;
  /** The secret; undefined: nothing is shown. */
  readonly value: string | undefined;
  /** What it is for, and what is to be done with it. */
  readonly children?: ReactNode;
  readonly onClose: () => void;
}

/** A secret that nobody can see again: stays until somebody says that it is kept. */
export function ShownOnce({ title, value, children, onClose }: ShownOnceProps): ReactNode {
  const say = texts.useSay();
  const { message } = App.useApp();
  return (
    <Modal
      open={value !== undefined}
      title={title}
      closable={false}
      keyboard={false}
      mask={{ closable: false }}
      footer={
        <Button type="primary" onClick={onClose}>
          {say('kept')}
        </Button>
      }
    >
      <Alert type="warning" showIcon title={say('once')} style={{ marginBottom: 12 }} />
      {children}
      <div className={styles.once}>
        <code className={styles.onceValue}>{value}</code>
        <Button
          onClick={() => {
            // Not everywhere there is a clipboard: then it is selected and copied by hand.
            void navigator.clipboard?.writeText(value ?? '').then(() => message.success(say('copied')));
          }}
        >
          {say('copy')}
        </Button>
      </div>
    </Modal>
  );
}
