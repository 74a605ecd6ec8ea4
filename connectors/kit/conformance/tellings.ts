/** Two tellings of one object by its list, for the stage that puts them in order. No test library here. */
import { listAll } from '../testing.ts';
import type { ConnectorSession, Notice } from '../types.ts';

/** What a list tells of an object before and after `change`. Throws when it does not tell it. */
export async function toldInOrder(
  session: ConnectorSession,
  object: string,
  remoteId: string,
  change: () => void,
): Promise<{ readonly earlier: Notice; readonly later: Notice }> {
  const tell = async (): Promise<Notice> => {
    const { items } = await listAll(session, object);
    const told = items.findLast((item) => item.remoteId === remoteId);
    if (!told) throw new Error(`The list of ${object} did not tell ${remoteId}.`);
    return told;
  };
  const earlier = await tell();
  change();
  return { earlier, later: await tell() };
}
