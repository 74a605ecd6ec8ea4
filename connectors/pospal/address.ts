/** A Chinese address in one text, split where its region ends. */
export interface SplitAddress {
  readonly province?: string;
  readonly city?: string;
  readonly district?: string;
  /** What is left; the whole text when it does not begin with a region. */
  readonly street: string;
}

const municipality = /^(北京|上海|天津|重庆)(?:市)?/;
const province = /^(?:中国)?(\p{Script=Han}{2,8}?(?:省|自治区|特别行政区))/u;
const city = /^(\p{Script=Han}{2,10}?(?:自治州|地区|市|盟))/u;
/** Not 小区, 社区, 园区, …: those are housing estates and the like. */
const district = /^(\p{Script=Han}{1,12}?(?:(?<![小社园校厂景库])区|自治县|县|市|旗))/u;

/**
 * Pospal keeps an address as one text; warehouses want province, city and district apart. Only what is written
 * with its administrative ending is split off (广东省广州市天河区…, 上海市浦东新区…); anything else stays in `street`
 * and no region is told, so that a person completes it instead of a guess going out.
 */
export function splitAddress(address: string): SplitAddress {
  const text = address.replace(/\s+/gu, ' ').trim();
  const direct = municipality.exec(text);
  if (direct !== null) {
    const name = `${direct[1]}市`;
    const rest = without(without(text, direct[0]), name);
    return below({ province: name, city: name }, rest);
  }
  const found = province.exec(text)?.[1];
  if (found === undefined) return { street: text };
  const rest = without(text.replace(/^中国/u, ''), found);
  const town = city.exec(rest)?.[1];
  if (town === undefined) return { street: text };
  return below({ province: found, city: town }, without(rest, town));
}

function below(region: { province: string; city: string }, rest: string): SplitAddress {
  const found = district.exec(rest)?.[1];
  if (found === undefined) return { ...region, street: rest };
  return { ...region, district: found, street: without(rest, found) };
}

function without(text: string, head: string): string {
  return (text.startsWith(head) ? text.slice(head.length) : text).trim();
}
