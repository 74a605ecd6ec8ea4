/** The words of the mapping language with what each means, for those who complete what somebody types. */
import { z } from 'zod';
import { functionSignatures } from './expression.ts';
import { mappingParts } from './schema.ts';

/** An option: its name, what it means, and the values it may have when they are few. */
export interface LanguageWord {
  readonly name: string;
  readonly description: string;
  readonly words: readonly string[] | null;
}

export interface MappingLanguage {
  /** Options by where they stand: a file, a field, several fields in one text, a list, its key. */
  readonly options: Readonly<Record<keyof typeof mappingParts, readonly LanguageWord[]>>;
  /** Functions of expressions; parameters by their CEL types. */
  readonly functions: readonly {
    readonly name: string;
    readonly parameters: readonly string[];
    readonly way: 'in' | 'out' | 'both';
  }[];
}

let made: MappingLanguage | undefined;

/** The whole language; always the same. */
export function mappingLanguage(): MappingLanguage {
  made ??= {
    options: {
      file: wordsOf(mappingParts.file),
      field: wordsOf(mappingParts.field),
      split: wordsOf(mappingParts.split),
      list: wordsOf(mappingParts.list),
      key: wordsOf(mappingParts.key),
    },
    functions: functionSignatures(),
  };
  return made;
}

function wordsOf(part: z.ZodObject): LanguageWord[] {
  return Object.entries(part.shape).map(([name, schema]) => {
    const { description, inner } = unwrapped(schema);
    return { name, description, words: valuesOf(inner) };
  });
}

/** What is said of an option stands outside or inside of its being optional. */
function unwrapped(schema: z.core.$ZodType): {
  readonly description: string;
  readonly inner: z.core.$ZodType;
} {
  let inner = schema;
  let description = '';
  for (;;) {
    description ||= z.globalRegistry.get(inner)?.description ?? '';
    if (!(inner instanceof z.ZodOptional)) return { description, inner };
    inner = inner.def.innerType;
  }
}

function valuesOf(schema: z.core.$ZodType): readonly string[] | null {
  if (schema instanceof z.ZodEnum) return schema.options.map(String);
  return schema instanceof z.ZodBoolean ? ['true', 'false'] : null;
}
