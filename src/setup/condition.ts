import type { Expression } from '../derive/index.ts';
import { MappingFault } from '../mapping/index.ts';
import type { JsonObject } from '../model/index.ts';

/**
 * A condition of hub.yaml over a record. One that cannot be told of a record, because what it asks for is not there or
 * is something else, is a fault of that record alone: throws MappingFault.
 *
 * @param place Whose condition it is, for the sentence.
 */
export function condition(expression: Expression, place: string): (record: JsonObject) => boolean {
  return (record) => {
    try {
      return expression.evaluate({ record }) === true;
    } catch (error) {
      const [reason = 'it failed'] = error instanceof Error ? error.message.split('\n') : [];
      throw new MappingFault({
        code: 'mapping.expression-failed',
        mapping: place,
        field: 'when',
        message: `${place}, when: ${reason}; ask first whether it is there (record.name != null && …)`,
      });
    }
  };
}
