/** The languages of the console: texts stand beside what shows them, both languages of a text beside each other. */
import i18next from 'i18next';
import { useMemo } from 'react';
import { initReactI18next, useTranslation } from 'react-i18next';

export const languages = ['zh-CN', 'en'] as const;
export type Language = (typeof languages)[number];

/** A text whose English form depends on `{{count}}`. */
interface Counted {
  readonly one: string;
  readonly other: string;
}

interface Text {
  readonly en: string | Counted;
  readonly 'zh-CN': string;
}

type Texts = Readonly<Record<string, Text>>;

type NamesIn<T extends string> = T extends `${string}{{${infer Name}}}${infer Rest}`
  ? Name | NamesIn<Rest>
  : never;
type EnglishOf<T extends Text> = T['en'] extends Counted ? T['en']['other'] : T['en'] & string;

/** Values a text is filled with, by the names in it; none: nothing is given. */
type Fill<T extends Text> =
  NamesIn<EnglishOf<T>> extends never ? [] : [Readonly<Record<NamesIn<EnglishOf<T>>, string | number>>];

/** Says one text in the language of the user. */
export type Say<All extends Texts> = <Key extends keyof All & string>(
  key: Key,
  ...values: Fill<All[Key]>
) => string;

export interface DefinedTexts<All extends Texts> {
  readonly namespace: string;
  readonly all: All;
  /** For components: says texts, and says them anew when the language changes. */
  useSay(): Say<All>;
  /** Outside of components, in the language of the moment. */
  readonly say: Say<All>;
}

const storageKey = 'lianhub.language';

/** What the user has chosen here, else what the browser asks for. */
function firstLanguage(): Language {
  const chosen = globalThis.localStorage?.getItem(storageKey);
  const known = languages.find((one) => one === chosen);
  if (known) return known;
  const wanted = globalThis.navigator?.languages ?? [];
  for (const one of wanted) {
    if (one.toLowerCase().startsWith('zh')) return 'zh-CN';
    if (one.toLowerCase().startsWith('en')) return 'en';
  }
  return 'en';
}

// Everything is at hand: initialised when it returns.
void i18next.use(initReactI18next).init({
  lng: firstLanguage(),
  fallbackLng: 'en',
  supportedLngs: [...languages],
  initAsync: false,
  // React escapes.
  interpolation: { escapeValue: false },
  resources: {},
  // Keys may be codes of the API, which have dots.
  keySeparator: false,
  nsSeparator: false,
});
showLanguage(i18next.language as Language);

function showLanguage(language: Language): void {
  if (globalThis.document) document.documentElement.lang = language;
}

export function useLanguage(): Language {
  const { i18n } = useTranslation();
  return i18n.language as Language;
}

export function languageNow(): Language {
  return i18next.language as Language;
}

export async function changeLanguage(language: Language): Promise<void> {
  localStorage.setItem(storageKey, language);
  await i18next.changeLanguage(language);
  showLanguage(language);
}

/**
 * Texts of one page or part, in both languages. A key without one of them does not compile, nor does using a key that
 * is not there or leaving a `{{name}}` of it open.
 *
 * @example
 * export const texts = defineTexts('problems', {
 *   title: { en: 'Problems', 'zh-CN': '问题' },
 *   found: { en: { one: '{{count}} problem', other: '{{count}} problems' }, 'zh-CN': '{{count}} 个问题' },
 * });
 * const say = texts.useSay();
 * say('found', { count: 3 });
 */
export function defineTexts<const All extends Texts>(namespace: string, all: All): DefinedTexts<All> {
  const english: Record<string, string> = {};
  const chinese: Record<string, string> = {};
  for (const [key, text] of Object.entries(all)) {
    chinese[key] = text['zh-CN'];
    if (typeof text.en === 'string') {
      english[key] = text.en;
    } else {
      english[`${key}_one`] = text.en.one;
      english[`${key}_other`] = text.en.other;
    }
  }
  const bundles: Readonly<Record<Language, Record<string, string>>> = { en: english, 'zh-CN': chinese };
  for (const language of languages)
    i18next.addResourceBundle(language, namespace, bundles[language], true, true);
  const sayIn = (translate: (key: string, options: object) => string): Say<All> =>
    ((key: string, values: object = {}) => translate(key, { ns: namespace, ...values })) as Say<All>;
  return {
    namespace,
    all,
    useSay() {
      const { t } = useTranslation(namespace);
      // The same while the language is: what is kept for as long as nothing changes may depend on it.
      // biome-ignore lint/correctness/useExhaustiveDependencies: sayIn is made once with these texts
      return useMemo(() => sayIn(t as (key: string, options: object) => string), [t]);
    },
    say: sayIn(i18next.t as (key: string, options: object) => string),
  };
}
