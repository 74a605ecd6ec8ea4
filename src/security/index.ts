export {
  addKeyToFile,
  createOnce,
  type KeyOptions,
  keyFileCheckMs,
  keyFileName,
  loadKeys,
  loadKeysIfThere,
  retiredFileName,
  retireOldKeys,
} from './keys.ts';
export { isSecretName, Redacted, redact, redacted } from './redact.ts';
export { type Role, roles, type Scope, scopes, scopesOf, scopesOfRole } from './scopes.ts';
export { type Keyring, keyIdOf, needsResealing, readKey, type SecretKey, seal, unseal } from './seal.ts';
export { hashOf, isSecretShaped, type NewSecret, newSecret } from './tokens.ts';
export {
  examineVariables,
  resealVariables,
  storedVariables,
  storeVariables,
  variablesFileName,
} from './variables.ts';
