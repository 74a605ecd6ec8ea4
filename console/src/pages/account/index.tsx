import { App, Card } from 'antd';
import type { ReactNode } from 'react';
import { useCaller, useMay } from '../../api/session.ts';
import { PageFrame } from '../../parts/PageFrame.tsx';
import { PasswordForm } from '../../shell/PasswordForm.tsx';
import { Decisions } from './Decisions.tsx';
import { Identity } from './Identity.tsx';
import { texts } from './texts.ts';

export default function Page(): ReactNode {
  const say = texts.useSay();
  const caller = useCaller();
  const may = useMay();
  const { message } = App.useApp();
  return (
    <PageFrame title={say('title')} lead={say('lead')}>
      <Card title={say('who')}>
        <Identity caller={caller} />
      </Card>
      {caller.kind === 'user' && (
        <Card title={say('password')}>
          <PasswordForm onDone={() => void message.success(say('passwordChanged'))} />
        </Card>
      )}
      {may('admin') && (
        <Decisions author={caller.email === undefined ? caller.name : `user/${caller.email}`} />
      )}
    </PageFrame>
  );
}
