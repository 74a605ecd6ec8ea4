import { type RequestKind, requestKinds } from '../../../connectors/kit/types.ts';

export function isRequestKind(text: string): text is RequestKind {
  return (requestKinds as readonly string[]).includes(text);
}
