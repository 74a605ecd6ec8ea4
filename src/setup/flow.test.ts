import { expect, test } from 'vitest';
import { facts } from '../lanes/push/flow.fixture.ts';
import { compileMapping, readMapping } from '../mapping/index.ts';
import { wrongWithFlow } from './flow.ts';

function wrong(says: string, party: Parameters<typeof wrongWithFlow>[3] = {}, known = facts) {
  const text = `mapping: erp/order\nentity: order\nobject: Bill\nfields:\n  number: no\n${says}`;
  const read = readMapping('order.yaml', text);
  if (!read.ok) throw new Error(read.problems.map(({ message }) => message).join('; '));
  return wrongWithFlow(compileMapping(read.doc), known, 'erp', party);
}

test('a word of amend: that the system cannot carry out is refused by name', () => {
  expect(wrong('flow: [save, audit]\namend: { audit: unauditEditAudit, save: park }\n')).toBeUndefined();
  expect(wrong('amend: { approved: changeOrder }\n')).toMatchObject({
    code: 'config.amend-not-offered',
    message: 'erp/order says amend: approved: changeOrder, which erp Bill does not offer',
    hint: 'it offers edit, unauditEditAudit, park',
  });
  expect(wrong('amend: { approved: nextPart }\n')?.hint).toContain('late: amend');
  const { states: _none, ...stateless } = facts;
  expect(wrong('amend: { approved: unauditEditAudit }\n', {}, stateless)?.hint).toBe('it offers edit, park');
});

test('a step can only be waited for where it can be seen, and is read', () => {
  const says = 'flow: [{ create: save }, { audit: ~, wait: workflow }]\n';
  expect(wrong(says, { read: { webhook: false, poll: 1000 } })).toBeUndefined();
  expect(wrong(says, { read: { webhook: false } })?.code).toBe('config.wait-unread');
  expect(wrong(says.replace('audit', 'sign'), { read: { webhook: true } })?.code).toBe('config.wait-unseen');
});
