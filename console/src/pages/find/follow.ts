/** Whoever watches an order sees it move on without asking again, milliseconds. */
const everyMs = 5_000;

/**
 * For `refetchInterval`: how often a page is read again by itself. Not while personal data is shown, as the hub notes
 * each look at it; not after a reading has failed, which the page says.
 */
export function followed(personal: 'masked' | 'full') {
  return ({ state }: { readonly state: { readonly status: string } }): number | false =>
    personal === 'masked' && state.status === 'success' ? everyMs : false;
}
