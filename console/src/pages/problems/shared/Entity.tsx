/** Names of the model in the language of the user: entities, and what systems can be asked for. */
import type { ReactNode } from 'react';
import { useLanguage } from '../../../language/index.ts';
import { modelTexts, useWords } from '../../../parts/model-words.ts';

/** A name of the model within a line of text; one that is not known here as it is. */
export function Entity({ name }: { readonly name: string | null | undefined }): ReactNode {
  const words = useWords();
  const language = useLanguage();
  if (name === null || name === undefined) return null;
  if (Object.hasOwn(modelTexts.all, `request.${name}`)) return words('request', name);
  if (!Object.hasOwn(modelTexts.all, `entity.${name}`)) return name;
  const word = words('entity', name);
  return language === 'en' ? word.toLowerCase() : word;
}
