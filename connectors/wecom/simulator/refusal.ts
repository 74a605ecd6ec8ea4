/** An answer with an errcode that is not 0. */
export class Refusal extends Error {
  readonly errcode: number;
  constructor(errcode: number, text: string) {
    super(text);
    this.errcode = errcode;
  }
}

/** errmsg as the vendor decorates it (verified against real answers). */
export function errmsgOf(refusal: Refusal, hint: number): string {
  const { errcode, message } = refusal;
  return `${message}, hint: [${String(hint).padStart(20, '1')}], from ip: 127.0.0.1, more info at https://open.work.weixin.qq.com/devtool/query?e=${errcode}`;
}
