import { useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useRouter } from '@tanstack/react-router';
import { Card } from 'antd';
import { type ReactNode, useEffect } from 'react';
import { addressOf } from './address.ts';
import { BrightnessSwitch, LanguageSwitch } from './Header.tsx';
import { Refusal, SignInForm } from './SignInForm.tsx';
import styles from './shell.module.css';
import { texts } from './texts.ts';

const route = getRouteApi('/sign-in');

export function SignIn(): ReactNode {
  const say = texts.useSay();
  const router = useRouter();
  const queries = useQueryClient();
  const { to = '/health', error } = route.useSearch();
  useEffect(() => {
    document.title = `${say('signIn')} · LianHub`;
  }, [say]);
  const enter = (): void => {
    queries.clear();
    router.history.push(addressOf(to));
  };
  return (
    <main className={styles.alone}>
      <Card className={styles.card}>
        <div className={styles.cardHead}>
          <h1>
            <img src={`${import.meta.env.BASE_URL}icon.svg`} width={32} height={32} alt="" />
            {say('signInTitle')}
          </h1>
          <span>
            <LanguageSwitch />
            <BrightnessSwitch />
          </span>
        </div>
        {error !== undefined && <Refusal error={error} />}
        <SignInForm to={addressOf(to)} onDone={enter} />
        <p className={styles.small}>{say('firstUser')}</p>
      </Card>
    </main>
  );
}
