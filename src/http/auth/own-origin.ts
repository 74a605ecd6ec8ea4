/** Whether a request comes from a page of this hub. */
import type { Context } from 'hono';

/**
 * Browsers say by themselves where a request comes from, and no page can make them say otherwise. Sec-Fetch-Site counts
 * where it is sent (https and this machine); else Origin is compared with what the browser calls this hub. Undefined: no
 * browser has sent this.
 */
export function fromOwnPage(context: Context, publicUrl: string | undefined): boolean | undefined {
  const site = context.req.header('sec-fetch-site');
  const origin = context.req.header('origin');
  if (site !== undefined) return site === 'same-origin';
  if (origin === undefined) return undefined;
  if (!URL.canParse(origin)) return false;
  const { host } = new URL(origin);
  return (
    host === context.req.header('host') || (publicUrl !== undefined && origin === new URL(publicUrl).origin)
  );
}
