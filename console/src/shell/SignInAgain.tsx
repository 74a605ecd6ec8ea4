import { useQueryClient } from '@tanstack/react-query';
import { useRouterState } from '@tanstack/react-router';
import { Modal } from 'antd';
import { type ReactNode, useSyncExternalStore } from 'react';
import { sessionEnded } from '../api/session-end.ts';
import { addressOf } from './address.ts';
import { SignInForm } from './SignInForm.tsx';
import { texts } from './texts.ts';

/** Asks to sign in again, over the page and everything typed there. */
export function SignInAgain(): ReactNode {
  const say = texts.useSay();
  const queries = useQueryClient();
  const here = useRouterState({ select: ({ location }) => location.href });
  const ended = useSyncExternalStore(sessionEnded.subscribe, sessionEnded.ended);
  const goOn = (): void => {
    sessionEnded.over();
    void queries.invalidateQueries();
  };
  return (
    <Modal
      title={say('signInAgain')}
      open={ended}
      closable={false}
      footer={null}
      destroyOnHidden
      zIndex={1200}
    >
      <p>{say('signInAgainLead')}</p>
      <SignInForm to={addressOf(here)} onDone={goOn} />
    </Modal>
  );
}
