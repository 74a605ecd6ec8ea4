/** The mapping language: read, check, compile, run both ways. Pure: text and values in, values out. */

export { formatProblem, inOrder } from '../problems/index.ts';
export { type CheckOptions, checkMapping } from './check.ts';
export type { TableFacts } from './check-codes.ts';
export { referenceCycles, type WritingMapping } from './check-cycles.ts';
export { findGaps } from './check-gaps.ts';
export { typeExpression } from './check-typed.ts';
export { compileMapping } from './compile.ts';
export { type MappingLanguage, mappingLanguage } from './language.ts';
export { type MappedLine, mappedLines } from './lines.ts';
export { readPhone } from './phone.ts';
export { LARGEST_FILE, readMapping } from './read.ts';
export type { Reference } from './references.ts';
export { type OurField, ourFields, type TheirField, theirFields } from './sides.ts';
export { type Suggestion, type SuggestOptions, suggest } from './suggest/index.ts';
export { type OutTrace, type Trace, type Tracer, type TraceStep, traceMapping } from './trace.ts';
export {
  type CompiledMapping,
  type EntityShape,
  type FlowStep,
  type InContext,
  type InResult,
  type InwardObject,
  type InwardValue,
  type JsonSchema,
  type MappingDocument,
  type MappingError,
  MappingFault,
  type OutContext,
  type OutResult,
  PendingReference,
  type Position,
  type Problem,
  type ReadResult,
  type Wait,
} from './types.ts';
