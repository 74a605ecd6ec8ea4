import { useQueryErrorResetBoundary } from '@tanstack/react-query';
import { type ErrorComponentProps, useRouter } from '@tanstack/react-router';
import { Button, Result } from 'antd';
import { type ReactNode, useEffect } from 'react';
import { toProblem } from '../api/problem.ts';
import { ProblemView } from '../parts/ProblemView.tsx';
import styles from './shell.module.css';
import { texts } from './texts.ts';

/** The code of a page that is not there any more: the hub was updated while the console was open. */
function isOfOldVersion(error: unknown): boolean {
  return error instanceof TypeError && /dynamically imported module|module script/i.test(error.message);
}

/** Instead of everything, when nobody says who is signed in: there is no shell around it. */
export function BrokenAlone(props: ErrorComponentProps): ReactNode {
  return (
    <main>
      <Broken {...props} />
    </main>
  );
}

/** Instead of a page that cannot be shown, within the shell. */
export function Broken({ error, reset }: ErrorComponentProps): ReactNode {
  const say = texts.useSay();
  const router = useRouter();
  const queries = useQueryErrorResetBoundary();
  useEffect(() => queries.reset(), [queries]);
  if (isOfOldVersion(error)) {
    return (
      <Result
        status="info"
        title={say('newVersion')}
        subTitle={say('newVersionLead')}
        extra={
          <Button type="primary" onClick={() => window.location.reload()}>
            {say('reload')}
          </Button>
        }
      />
    );
  }
  const again = (): void => {
    reset();
    void router.invalidate();
  };
  return (
    <div className={styles.alone}>
      <ProblemView problem={toProblem(error)} onRetry={again} />
    </div>
  );
}
