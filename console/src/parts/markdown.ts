/** Markdown of the guides: what points to other pages of them is left out. Pure. */
export function withoutLinks(text: string): string {
  return text.replace(/\s*[(（]\[[^\]]*\]\([^)]*\)[)）]/g, '').replace(/\[([^\]]*)\]\([^)]*\)/g, '$1');
}

/** The same without marks of code, where nothing can stand out. */
export function plainText(text: string): string {
  return withoutLinks(text).replaceAll('`', '');
}
