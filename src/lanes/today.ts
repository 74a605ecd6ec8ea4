import { DateTime } from 'luxon';

/** Zone whose calendar says which day it is when a record tells no business date. */
const zone = 'Asia/Shanghai';

/** Today's date, yyyy-MM-dd; asked for every code, so it is worked out once a day. */
export class Today {
  #day = '';
  #until = 0;
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  get day(): string {
    const now = this.#now();
    if (now >= this.#until || this.#day === '') {
      const local = DateTime.fromMillis(now, { zone });
      this.#day = local.toISODate() ?? '';
      this.#until = local.endOf('day').toMillis() + 1;
    }
    return this.#day;
  }
}
