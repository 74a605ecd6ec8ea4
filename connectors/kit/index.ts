/** Everything a connector may use: the contract, HTTP, formats, signatures, sessions, simulators. */
export * from './breaker.ts';
export * from './charset.ts';
export * from './errors.ts';
export * from './faults.ts';
export * from './http.ts';
export * from './json.ts';
export * from './limiter.ts';
export * from './session.ts';
export * from './shared.ts';
export * from './signature.ts';
export * from './simulator.ts';
export * from './time.ts';
export * from './types.ts';
export * from './webhook-sender.ts';
export * from './xml.ts';
