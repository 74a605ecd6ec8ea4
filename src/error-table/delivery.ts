/** Errors of where events are sent to: addresses that are refused, and what came of posting there. */
import type { ErrorRow } from './row.ts';

export const deliveryErrors = {
  'destination.bad-url': {
    status: 422,
    message: 'This is no address events can be posted to: {reason}.',
    hint: 'Expected for example https://example.com/hooks/orders.',
  },
  'destination.scheme': {
    status: 422,
    message: 'Events are posted to https addresses, and to http in networks of your own, not to {scheme}.',
  },
  'destination.userinfo': {
    status: 422,
    message: 'The address has a user name or a password in it, which would end up in logs.',
    hint: 'Send it as a header of the subscription instead.',
  },
  'destination.port': {
    status: 422,
    message: 'Nothing is posted to port {port}: other services than web servers listen there.',
    hint: 'Use 443 or a port above 1023; or name the host under outbound.allow in hub.yaml.',
  },
  'destination.plain-http': {
    status: 422,
    message: 'Over plain http everybody on the way to {host} could read the events.',
    hint: 'Use https; or name the host or its network under outbound.allow in hub.yaml.',
  },
  'destination.inner-address': {
    status: 422,
    message: '{host} is {kind}, and no host or network that events may be posted to.',
    hint: 'If it is yours, name the host or its network under outbound.allow in hub.yaml.',
  },
  'destination.never': {
    status: 422,
    message: '{host} is {kind}; nothing is ever posted there.',
  },
  'destination.bad-header': {
    status: 422,
    message: 'The header {name} cannot be sent: {reason}.',
  },
  'destination.bad-secret': {
    status: 422,
    message: 'The secret cannot sign: {reason}.',
    hint: 'Expected whsec_ and 24 to 64 random bytes in base64; leave it out to be given one.',
  },

  'delivery.unknown-name': {
    status: 502,
    message: 'There is no address for {host} ({reason}).',
    hint: 'Check the host name of the subscription, and the DNS of the hub.',
  },
  'delivery.refused': {
    status: 502,
    message: 'Nobody takes connections at {host}.',
    hint: 'Check that the receiver runs and listens on that port.',
  },
  'delivery.unreachable': {
    status: 502,
    message: '{host} cannot be reached ({reason}).',
    hint: 'Check routes and firewalls between the hub and the receiver.',
  },
  'delivery.tls': {
    status: 502,
    message: 'No safe connection to {host} was made ({reason}).',
    hint: 'Renew the certificate of the receiver, or let the hub trust its authority with NODE_EXTRA_CA_CERTS.',
  },
  'delivery.cut-off': {
    status: 502,
    message: '{host} closed the connection before it answered ({reason}); it may have got the event.',
  },
  'delivery.bad-answer': {
    status: 502,
    message: '{host} did not answer in HTTP ({reason}).',
  },
  'delivery.timeout': {
    status: 504,
    message: '{host} did not answer within {seconds} s; it may have got the event.',
    hint: 'The receiver should store the event, answer, and work on it afterwards.',
  },
  'delivery.stopped': {
    status: 503,
    message: 'The hub stopped before {host} answered; the event is posted again.',
  },
  'delivery.redirected': {
    status: 502,
    message: '{host} answered {status}, a redirect, which is not followed.',
    hint: 'Give the subscription the address the receiver redirects to.',
  },
  'delivery.gone': {
    status: 502,
    message: '{host} answered 410: it wants no more events.',
  },
  'delivery.not-taken': {
    status: 502,
    message: '{host} answered {status}.',
  },
  'delivery.too-large': {
    status: 413,
    message:
      'The event has {bytes} bytes, and no link can be made because the hub does not know its own address.',
    hint: 'Set server.publicUrl in hub.yaml: events above 256 kB are sent as a link.',
  },
  'delivery.bad-link': {
    status: 403,
    message: 'This link to the data of an event is not one this hub has made, or it is too old.',
    hint: 'Replay the delivery to be sent a new one.',
  },
} as const satisfies Record<string, ErrorRow>;
