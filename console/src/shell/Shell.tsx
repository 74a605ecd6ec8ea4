import { Outlet } from '@tanstack/react-router';
import { Layout } from 'antd';
import { type ReactNode, useState } from 'react';
import { useCaller } from '../api/session.ts';
import { ActionHost } from '../parts/ActionDialog.tsx';
import { UnsavedHost } from '../parts/useUnsaved.tsx';
import { ChoosePassword } from './ChoosePassword.tsx';
import { Header } from './Header.tsx';
import { Keys } from './Keys.tsx';
import { Navigation } from './Navigation.tsx';
import { SignInAgain } from './SignInAgain.tsx';
import styles from './shell.module.css';
import { texts } from './texts.ts';

/** What surrounds every page. */
export function Shell(): ReactNode {
  const say = texts.useSay();
  const caller = useCaller();
  const [narrow, setNarrow] = useState(false);
  return (
    <UnsavedHost>
      <Layout className={styles.whole}>
        <a className={styles.skip} href="#content">
          {say('toContent')}
        </a>
        <Header onMenu={() => setNarrow(!narrow)} />
        <Layout>
          <Layout.Sider
            className={styles.side}
            theme="light"
            width={190}
            collapsedWidth={56}
            collapsed={narrow}
            breakpoint="lg"
            onBreakpoint={setNarrow}
            trigger={null}
            collapsible
          >
            <Navigation narrow={narrow} />
          </Layout.Sider>
          <Layout.Content
            id="content"
            tabIndex={-1}
            className={styles.content}
            data-scroll-restoration-id="content"
          >
            <ActionHost>{caller.mustChangePassword ? <ChoosePassword /> : <Outlet />}</ActionHost>
          </Layout.Content>
        </Layout>
        <SignInAgain />
        <Keys />
      </Layout>
    </UnsavedHost>
  );
}
