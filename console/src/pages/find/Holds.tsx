import { Alert, Button } from 'antd';
import type { ReactNode } from 'react';
import { useMay } from '../../api/session.ts';
import { useWords } from '../../parts/model-words.ts';
import { Age } from '../../parts/Time.tsx';
import { texts } from './texts.ts';
import { type Meant, useVerbs } from './verbs.tsx';

export interface Held {
  readonly recordId: string;
  readonly connection: string | null;
  readonly object: string | null;
  readonly author: string;
  readonly reason: string;
  readonly since: string;
}

/** Who holds what, why and since when, each with the way to let it go. */
export function Holds({
  holds,
  nameOf,
}: {
  readonly holds: readonly Held[];
  readonly nameOf: (recordId: string) => Meant;
}): ReactNode {
  const say = texts.useSay();
  const words = useWords();
  const may = useMay();
  const verbs = useVerbs();
  return holds.map((hold) => {
    const record = nameOf(hold.recordId);
    const place = hold.connection === null ? say('heldAll') : [hold.connection, hold.object].join(' ').trim();
    const copy =
      hold.connection === null || hold.object === null
        ? undefined
        : { connection: hold.connection, object: hold.object, remoteId: null, remoteNumber: null };
    return (
      <Alert
        key={`${hold.recordId} ${place}`}
        type="warning"
        showIcon
        title={say('heldBy', { author: hold.author, reason: hold.reason })}
        description={
          <>
            {`${words('entity', record.entity)} ${record.number ?? ''}`} · {place} · <Age at={hold.since} />
          </>
        }
        action={
          may('operate') ? (
            <Button size="small" onClick={() => verbs.release(record, copy)}>
              {say('release')}
            </Button>
          ) : undefined
        }
      />
    );
  });
}
