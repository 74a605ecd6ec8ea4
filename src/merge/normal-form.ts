/**
 * Whether a system shows a value as it was sent, in its own way of keeping it: trimmed, rounded, in another order, a
 * time without its seconds. That is its copy, not somebody's edit.
 */
import { decimal, equal, isList, isObject, isPhoneClaim, type Json } from '../model/index.ts';

const instant = /^(\d{4}-\d\d-\d\dT\d\d:\d\d)(?::(\d\d)(?:\.(\d+))?)?Z$/;

/** True when `shown` is `sent`, equal or normalised. Something that was left out or cleared is no normal form. Pure. */
export function isNormalForm(shown: Json | undefined, sent: Json | undefined): boolean {
  if (equal(shown, sent)) return true;
  if (typeof shown === 'string' && typeof sent === 'string') return isNormalText(shown, sent);
  if (isList(shown) && isList(sent)) return isNormalList(shown, sent);
  if (!isObject(shown) || !isObject(sent)) return false;
  // How a number is displayed is the system's business; the number itself is what counts.
  if (isPhoneClaim(shown) && typeof shown.e164 === 'string') return shown.e164 === sent.e164;
  const names = new Set([...Object.keys(shown), ...Object.keys(sent)]);
  return [...names].every((name) => isNormalForm(shown[name], sent[name]));
}

function isNormalText(shown: string, sent: string): boolean {
  if (plain(shown) === plain(sent)) return true;
  if (decimal.isDecimal(shown) && decimal.isDecimal(sent)) {
    const away = decimal.sub(sent, shown).replace('-', '');
    const places = shown.split('.')[1]?.length ?? 0;
    // Less than one of its last place: rounded up, down or to the nearest.
    return decimal.cmp(away, places === 0 ? '1' : `0.${'1'.padStart(places, '0')}`) < 0;
  }
  const [there, here] = [instant.exec(shown), instant.exec(sent)];
  if (!there || !here || there[1] !== here[1]) return false;
  const isWhole = Number(there[3] ?? 0) === 0;
  return isWhole && (Number(there[2] ?? 0) === 0 || there[2] === here[2]);
}

/** Blanks around and inside, and full-width characters, are a matter of taste. */
function plain(text: string): string {
  return text.normalize('NFKC').replace(/\s+/gu, ' ').trim();
}

/** The same elements in any order. */
function isNormalList(shown: readonly Json[], sent: readonly Json[]): boolean {
  if (shown.length !== sent.length) return false;
  const left = [...sent];
  return shown.every((value) => {
    const at = left.findIndex((one) => isNormalForm(value, one));
    if (at >= 0) left.splice(at, 1);
    return at >= 0;
  });
}
