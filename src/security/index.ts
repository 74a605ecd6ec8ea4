export { createOnce, type KeyOptions, keyFileName, loadKeys } from './keys.ts';
export { isSecretName, Redacted, redact, redacted } from './redact.ts';
export { type Keyring, needsResealing, readKey, type SecretKey, seal, unseal } from './seal.ts';
