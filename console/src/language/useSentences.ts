/** The Chinese of what the hub says: a table of its own, loaded where Chinese is spoken and not before. */
import { useEffect, useSyncExternalStore } from 'react';
import { modelTexts } from '../parts/model-words.ts';
import { languageNow, useLanguage } from './index.ts';
import { Sentences } from './sentences.ts';

let loaded: Sentences | undefined;
let loading: Promise<void> | undefined;
const hearing = new Set<() => void>();

/** Entities as the pages call them. */
function entities(): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(modelTexts.all)
      .filter(([key]) => key.startsWith('entity.'))
      .map(([key, text]) => [key.slice('entity.'.length), text['zh-CN']]),
  );
}

/** Loads the table, once. Without it sentences stay English: that is no reason to show anything else. */
export function loadSentences(): Promise<void> {
  loading ??= import('./generated/sentences.zh-CN.json').then(
    (tables) => {
      loaded = new Sentences({ ...tables.default, words: { ...tables.default.words, entity: entities() } });
      for (const hear of hearing) hear();
    },
    () => {
      loading = undefined;
    },
  );
  return loading;
}

function subscribe(hear: () => void): () => void {
  hearing.add(hear);
  return () => hearing.delete(hear);
}

/** What the hub says in Chinese; undefined in English, and for the moment in which the table is loaded. */
export function useSentences(): Sentences | undefined {
  const language = useLanguage();
  const sentences = useSyncExternalStore(subscribe, () => loaded);
  const isChinese = language === 'zh-CN';
  useEffect(() => {
    if (isChinese) void loadSentences();
  }, [isChinese]);
  return isChinese ? sentences : undefined;
}

/** The same outside of components. */
export function sentencesNow(): Sentences | undefined {
  return languageNow() === 'zh-CN' ? loaded : undefined;
}
