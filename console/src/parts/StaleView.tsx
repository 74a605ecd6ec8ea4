import { Alert, Button, Space } from 'antd';
import type { ReactNode } from 'react';
import { Diff, jsonText } from './Code.tsx';
import { texts } from './texts.ts';

interface StaleViewProps {
  /** What was typed here: a text, or a JSON value. */
  readonly mine: unknown;
  /** What somebody else has made of it meanwhile. */
  readonly theirs: unknown;
  readonly language: 'yaml' | 'json' | 'text';
  /** Goes on from the other version, with what was typed here. */
  readonly onMine: () => void;
  readonly onTheirs: () => void;
}

/** Somebody else was quicker (412): both versions, and which one to go on with. Nothing is lost before that is said. */
export function StaleView({ mine, theirs, language, onMine, onTheirs }: StaleViewProps): ReactNode {
  const say = texts.useSay();
  const text = (value: unknown): string => (typeof value === 'string' ? value : jsonText(value));
  return (
    <section aria-label={say('changed')}>
      <Alert
        type="warning"
        showIcon
        role="alert"
        style={{ marginBottom: 12 }}
        title={say('changed')}
        description={say('staleLead')}
        action={
          <Space>
            <Button onClick={onTheirs}>{say('useTheirs')}</Button>
            <Button type="primary" onClick={onMine}>
              {say('useMine')}
            </Button>
          </Space>
        }
      />
      <Diff
        before={text(theirs)}
        after={text(mine)}
        beforeTitle={say('theirs')}
        afterTitle={say('mine')}
        language={language}
      />
    </section>
  );
}
