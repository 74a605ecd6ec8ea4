/**
 * Sentences the hub makes while it works, and parts of sentences, with their Chinese. They are not told by a code alone:
 * many sentences may go with one code, and a value of one sentence may be another. `{name}` stands for what is filled in;
 * names, such as `{connection}`, are one word. Of two that could be meant the longer one comes first.
 */
import { phrasesOfCalls } from './phrases-calls.ts';
import { phrasesOfMappings } from './phrases-mappings.ts';
import { phrasesOfMessages } from './phrases-messages.ts';
import { phrasesOfRequests } from './phrases-requests.ts';

/** English, Chinese. The Chinese takes of the values those it needs. */
export type Phrase = readonly [english: string, chinese: string];

export const phrases: readonly Phrase[] = [
  ...phrasesOfMappings,
  ...phrasesOfMessages,
  ...phrasesOfCalls,
  ...phrasesOfRequests,
];
