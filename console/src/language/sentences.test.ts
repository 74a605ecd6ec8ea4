import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { errorTable, HubError, phrases, stuckTable } from '../../../src/errors.ts';
import { problemTable } from '../../../src/problems/table.ts';
import tables from './generated/sentences.zh-CN.json';
import { Sentences, valuesIn } from './sentences.ts';

const sentences = new Sentences(tables);
const han = /\p{Script=Han}/u;

/** What somebody would read, with a value for everything that is filled in. */
function filled(template: string): string {
  return template.replace(/\{(\w+)\}/g, (_whole, name: string) => `<${name}>`);
}

describe('What the hub says is said in Chinese', () => {
  test('every error is, by what it was filled with and by its sentence alone', () => {
    for (const [code, row] of Object.entries(errorTable)) {
      const names = [...row.message.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
      const parameters = Object.fromEntries(names.map((name) => [name, `<${name}>`]));
      const hint = 'hint' in row ? { hint: row.hint } : {};
      const told = sentences.refusal({ code, detail: filled(row.message), ...hint, parameters });
      expect(told.detail, code).not.toMatch(/\{\w+\}/);
      if (code !== 'subscriptions.bad-type') expect(told.detail, code).toMatch(han);
      // A hint may be nothing but a command.
      if ('hint' in row && code !== 'person.bad-query') expect(told.hint, code).toMatch(han);
      expect(sentences.refusal({ code, detail: filled(row.message), ...hint }), code).toEqual(told);
      expect(sentences.code(code)?.means, code).toBeTruthy();
    }
  });

  test('every code that work is stuck with, and every problem of a file, is explained', () => {
    for (const code of [...Object.keys(stuckTable), ...Object.keys(problemTable)])
      expect(sentences.code(code)?.means, code).toMatch(han);
  });

  test('every sentence and every part of one is found again, and none hides another', () => {
    for (const [english, chinese] of phrases) {
      const told = sentences.said(filled(english));
      expect(told, english).toBe(filled(chinese));
    }
  });

  test('an error as it is thrown keeps its names, and its reason is said in Chinese too', () => {
    const error = new HubError('bind.taken', {
      object: 'SAL_SaleOrder',
      remoteId: '100027',
      connection: 'erp',
      entity: 'order',
      number: 'WEB-1',
    });
    expect(sentences.refusal(error.toProblem())).toEqual({
      detail: 'erp 的 SAL_SaleOrder 100027 属于 order WEB-1。',
      hint: '先在那里用 lianhub unbind 解除。',
    });
    const malformed = new HubError('request.malformed', { reason: 'the body is not JSON' });
    expect(sentences.refusal(malformed.toProblem()).detail).toBe('请求无法读取：请求体不是 JSON。');
    const letter = new HubError('deadletters.unknown-write', { name: 'push/1' });
    expect(letter.hint).toContain('deadletters resolve push/1');
    expect(sentences.refusal(letter.toProblem()).hint).toContain('deadletters resolve push/1');
  });

  test('what a mapping refuses names mapping, line, field and value', () => {
    const line = 'mapping pospal/ticket, line 12: lines[].price of 3 "12,5" is not a decimal number';
    expect(sentences.sentence('mapping.bad-value', line)).toBe(
      '映射 pospal/ticket 第 12 行：lines[].price（3）的值 "12,5" 不是十进制数',
    );
    const bank = 'mapping erp/customer, line 4 of acme.yaml: name "Bank of China" has no line in this enum';
    expect(sentences.said(bank)).toBe(
      '映射 erp/customer 第 4 of acme.yaml 行：name 的取值 "Bank of China" 在映射里没有对应',
    );
  });

  test('several waits are said one after the other', () => {
    const waits =
      'mapping kingdee/order, customerId: customer C1 is not in erp yet; mapping kingdee/order, lines[].skuId: product S-1 was deleted; restore it, or make it in erp';
    expect(sentences.sentence('push.waits-for-record', waits)).toBe(
      '映射 kingdee/order 的 customerId：customer C1 还不在 erp 中；映射 kingdee/order 的 lines[].skuId：product S-1 已删除；请恢复，或在 erp 中建立',
    );
  });

  test('what a schema says of a value is said in Chinese', () => {
    const schema = z.object({
      name: z.string().min(1),
      rate: z.number().max(5),
      mode: z.enum(['a', 'b']),
      mail: z.email(),
      at: z.iso.datetime(),
      text: z.string(),
    });
    const wrong = schema.safeParse({ name: '', rate: 9, mode: 'c', mail: 'x', at: 'y' });
    const told = wrong.error?.issues.map(({ message }) => sentences.said(message));
    expect(told).toEqual([
      '不能为空',
      '太大：不能大于 5',
      '取值不对：应为 "a"|"b" 之一',
      '邮箱地址格式不正确',
      '不是 ISO 时间',
      '必填',
    ]);
  });

  test("a vendor's own words stay as they are", () => {
    expect(sentences.sentence('kingdee.refused', '库存不足: SKU-1')).toBeUndefined();
    expect(sentences.sentence('kingdee.refused', 'The customer is frozen')).toBeUndefined();
    expect(sentences.refusal({ code: 'kingdee.x', detail: 'No.', hint: 'Ask.' })).toEqual({
      detail: 'No.',
      hint: 'Ask.',
    });
  });

  test('a sentence that is another one is not laid over a template', () => {
    expect(valuesIn('There is no user {user}.', 'There is no user .')).toBeUndefined();
    expect(valuesIn('{a} and {a}', 'x and y')).toBeUndefined();
    expect(valuesIn('There is no user {user}.', 'There is no user a.b@c.d.')).toEqual({ user: 'a.b@c.d' });
  });
});
