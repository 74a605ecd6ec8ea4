/**
 * Templates of a connector's files, filled in. `«word»` is replaced; lines between `//? word` and `//.` stay where the
 * word holds; conditions may stand inside one another. Pure.
 */
export interface Filling {
  readonly words: Readonly<Record<string, string>>;
  readonly conditions: Readonly<Record<string, boolean>>;
}

/** Throws when the template asks for what the filling does not say. */
export function render(template: string, { words, conditions }: Filling): string {
  const kept: string[] = [];
  const open: boolean[] = [];
  for (const line of template.split('\n')) {
    const condition = /^\/\/\? (\w+)$/.exec(line)?.[1];
    if (condition !== undefined) {
      const holds = conditions[condition];
      if (holds === undefined) throw new Error(`The template asks whether ${condition}; nobody says.`);
      open.push(holds);
    } else if (line === '//.') open.pop();
    else if (open.every(Boolean)) kept.push(line);
  }
  return kept.join('\n').replace(/«([\w.]+)»/g, (_all, word: string) => {
    const text = words[word];
    if (text === undefined) throw new Error(`The template asks for ${word}; nobody says.`);
    return text;
  });
}
