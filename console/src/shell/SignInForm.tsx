import { useMutation, useQuery } from '@tanstack/react-query';
import { Alert, Button, Divider, Form, Input } from 'antd';
import type { ReactNode } from 'react';
import { HubProblem } from '../api/problem.ts';
import { providersQuery, signIn, startProviderSignIn } from '../api/session.ts';
import { ProblemAlert } from '../parts/ProblemView.tsx';
import { texts } from './texts.ts';

interface Typed {
  readonly email: string;
  readonly password: string;
}

/** Email and password, or a provider of identities where the hub has one. `onDone`: signed in. */
export function SignInForm({ to, onDone }: { readonly to: string; readonly onDone: () => void }): ReactNode {
  const say = texts.useSay();
  const { data: providers } = useQuery(providersQuery);
  const signing = useMutation({
    mutationFn: ({ email, password }: Typed) => signIn(email.trim(), password),
    onSuccess: onDone,
  });
  const going = useMutation({
    mutationFn: () => startProviderSignIn(to),
    onSuccess: (url) => window.location.assign(url),
  });
  const refusal = signing.error ?? going.error;
  return (
    <>
      <Form<Typed> layout="vertical" requiredMark={false} onFinish={(typed) => signing.mutate(typed)}>
        {refusal && <Refusal error={refusal} />}
        <Form.Item
          name="email"
          label={say('email')}
          validateTrigger="onSubmit"
          rules={[
            { required: true, message: say('emailMissing') },
            { pattern: /^\s*\S+@\S+\s*$/, message: say('emailWrong') },
          ]}
        >
          <Input type="email" autoComplete="username" autoFocus size="large" />
        </Form.Item>
        <Form.Item
          name="password"
          label={say('password')}
          validateTrigger="onSubmit"
          rules={[{ required: true, message: say('passwordMissing') }]}
        >
          <Input.Password autoComplete="current-password" size="large" />
        </Form.Item>
        <Button type="primary" htmlType="submit" block size="large" loading={signing.isPending}>
          {say('signIn')}
        </Button>
      </Form>
      {providers?.oidc && (
        <>
          <Divider plain>{say('or')}</Divider>
          <Button block size="large" loading={going.isPending} onClick={() => going.mutate()}>
            {say('signInWith', { name: providers.oidc.name })}
          </Button>
        </>
      )}
    </>
  );
}

/** Codes of refusals that have words here. */
const known = [
  'sign-in.wrong',
  'sign-in.too-many',
  'sign-in.disabled',
  'sign-in.password-expired',
  'sign-in.provider-failed',
  'sign-in.no-role',
  'sign-in.not-linked',
] as const;

/** Why somebody could not sign in; `error` is a code or what a request ended with. */
export function Refusal({ error }: { readonly error: unknown }): ReactNode {
  const say = texts.useSay();
  const code = error instanceof HubProblem ? error.code : error;
  const told =
    known.find((one) => one === code) ?? (typeof error === 'string' ? 'sign-in.provider-failed' : undefined);
  if (told === undefined) return <ProblemAlert error={error} />;
  return <Alert type="error" showIcon role="alert" style={{ marginBottom: 16 }} title={say(told)} />;
}
