import { Badge } from 'antd';
import type { ReactNode } from 'react';
import { pollSeconds } from '../api/live.ts';
import { texts } from './texts.ts';

/** Whether what is shown follows by itself; `live` is what `useLive` answers. */
export function LiveSign({ live }: { readonly live: boolean | undefined }): ReactNode {
  const say = texts.useSay();
  if (live === undefined) return null;
  return (
    <span role="status">
      <Badge
        status={live ? 'success' : 'warning'}
        text={live ? say('live') : say('notLive', { seconds: pollSeconds })}
      />
    </span>
  );
}
