import { useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { callerQuery } from '../api/session.ts';
import { PageFrame } from '../parts/PageFrame.tsx';
import { PasswordForm } from './PasswordForm.tsx';
import { texts } from './texts.ts';

/** Before anything else, for a user whose password somebody else has made. */
export function ChoosePassword(): ReactNode {
  const say = texts.useSay();
  const queries = useQueryClient();
  return (
    <PageFrame title={say('mustChange')} lead={say('mustChangeLead')}>
      <PasswordForm onDone={() => void queries.invalidateQueries({ queryKey: callerQuery.queryKey })} />
    </PageFrame>
  );
}
