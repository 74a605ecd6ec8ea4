import type { ReactNode } from 'react';
import styles from '../problems.module.css';
import { AwaitedRecords } from './AwaitedRecords.tsx';
import { MissingCodes } from './MissingCodes.tsx';

/** What waits, by what it waits for: codes nobody has filled in, records that are not there yet. */
export function Waits(): ReactNode {
  return (
    <div className={styles.stack}>
      <MissingCodes />
      <AwaitedRecords />
    </div>
  );
}
