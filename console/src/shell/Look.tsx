import { App, ConfigProvider } from 'antd';
import enUS from 'antd/locale/en_US';
import zhCN from 'antd/locale/zh_CN';
import dayjs from 'dayjs';
import 'dayjs/locale/zh-cn';
import { type ReactNode, useLayoutEffect } from 'react';
import { useLanguage } from '../language/index.ts';
import { themeOf, useBrightness, variablesClass } from './theme.ts';

const locales = { en: enUS, 'zh-CN': zhCN } as const;

/** Language and theme of Ant Design's parts, and the host of messages. */
export function Look({ children }: { readonly children: ReactNode }): ReactNode {
  const language = useLanguage();
  const brightness = useBrightness();
  useLayoutEffect(() => {
    document.documentElement.classList.add(variablesClass);
    document.documentElement.style.colorScheme = brightness;
  }, [brightness]);
  useLayoutEffect(() => {
    dayjs.locale(language.toLowerCase());
  }, [language]);
  return (
    <ConfigProvider
      locale={locales[language]}
      theme={themeOf(brightness)}
      button={{ autoInsertSpace: false }}
    >
      <App component={false} notification={{ placement: 'bottomRight' }}>
        {children}
      </App>
    </ConfigProvider>
  );
}
