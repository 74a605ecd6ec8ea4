/** The guide to what is stuck, by code, in both languages: from the tables of codes and of findings. */
import { findingKinds } from '../src/cli/doctor/findings.ts';
import { type StuckRow, stuckTable, type Told } from '../src/error-table/stuck.ts';
import { findingTable } from '../src/observe/findings.ts';
import { doctorChinese, healthChinese } from './findings-chinese.ts';

type Table = (head: readonly string[], rows: readonly (readonly string[])[]) => string;

/** Pages by file name. @param table makes a Markdown table */
export function troubleshootingPages(generated: string, table: Table): ReadonlyMap<string, string> {
  return new Map([
    ['troubleshooting.md', `${generated}${english(table)}`],
    ['troubleshooting.zh-CN.md', `${generated}${chinese(table)}`],
  ]);
}

/** Rows of those codes that go on in one way: code, what it means, and what to do where that may be told. */
function stuck(goesOn: StuckRow['goesOn'], told: (row: StuckRow) => Told): string[][] {
  const rows = Object.entries(stuckTable).filter(([, row]) => row.goesOn === goesOn);
  return rows.map(([code, row]) => {
    const [means, todo = ''] = told(row);
    return goesOn === 'nobody' ? [`\`${code}\``, means] : [`\`${code}\``, means, todo];
  });
}

function english(table: Table): string {
  const told = (row: StuckRow): Told => row.english;
  const health = Object.entries(findingTable).map(([code, { level, what, action }]) => {
    return [`\`${code}\``, level, what, action];
  });
  const doctor = Object.entries(findingKinds).map(([code, { level, meaning, todo }]) => {
    return [`\`${code}\``, level, meaning, todo];
  });
  return `
# Troubleshooting by code

[中文](troubleshooting.zh-CN.md)

Whatever does not go on has a code, which is stable, and a sentence, which may be improved. Where to look first:

\`\`\`console
$ lianhub doctor
$ lianhub problems
$ lianhub deadletters groups
$ lianhub explain order WEB-1001
\`\`\`

\`GET /v1/health\` says which connection or sync is not well and why ([monitoring](monitoring.md)), \`GET /v1/status\` lists causes
under \`trouble\`. What states there are, and how work goes on, is told in [stuck work](stuck-work.md); how a dead letter is decided
about, in [dead letters](dead-letters.md). Codes that commands and the API answer with are in [errors](../reference/errors.md), what
\`lianhub check\` finds in [problems](../reference/problems.md), and what vendors say in \`connectors/<connector>/errors.ts\`: its code
begins with the connector's name.

## What needs somebody

${table(['code', 'means', 'do'], stuck('person', told))}

## What goes on by itself

It is tried again with growing pauses, or goes on when what it waits for is there. Only where it lasts is there something to do.

${table(['code', 'means', 'where it lasts'], stuck('itself', told))}

## What was dropped or closed

Nothing of this needs anybody. \`error_code\` of the message, or of the copy, says why.

${table(['code', 'why'], stuck('nobody', told))}

## Health

What \`GET /v1/health\` finds. What is in braces is filled in.

${table(['code', '', 'what', 'do'], health)}

## Doctor

What \`lianhub doctor\` finds. It ends with 2 where there is an error, and with 1 where there are only warnings.

${table(['code', '', 'means', 'do'], doctor)}
`;
}

function codesOf<Code extends string>(findings: Readonly<Record<Code, unknown>>): Code[] {
  return Object.keys(findings) as Code[];
}

const levelsInChinese = { red: '红', amber: '黄', error: '错误', warning: '警告' } as const;

function chinese(table: Table): string {
  const told = (row: StuckRow): Told => row.chinese;
  const health = codesOf(findingTable).map((code) => {
    return [`\`${code}\``, levelsInChinese[findingTable[code].level], ...healthChinese[code]];
  });
  const doctor = codesOf(findingKinds).map((code) => {
    return [`\`${code}\``, levelsInChinese[findingKinds[code].level], ...doctorChinese[code]];
  });
  return `
# 按代码排查

[English](troubleshooting.md)

走不下去的都有一个代码和一句说明：代码稳定不变，说明可能改进。先看这里：

\`\`\`console
$ lianhub doctor
$ lianhub problems
$ lianhub deadletters groups
$ lianhub explain order WEB-1001
\`\`\`

\`GET /v1/health\` 说明哪个连接或同步不正常、为什么（[监控](monitoring.zh-CN.md)），\`GET /v1/status\` 在 \`trouble\` 下列出原因。有哪些状态、
如何继续，见[卡住的数据](stuck-work.zh-CN.md)；死信如何处理，见[死信](dead-letters.zh-CN.md)。命令和 API 应答的错误码见
[错误码](../reference/errors.zh-CN.md)，\`lianhub check\` 找出的问题见[问题](../reference/problems.zh-CN.md)，厂商的原话见
\`connectors/<connector>/errors.ts\`：其代码以连接器的名字开头。

## 需要人处理的

${table(['代码', '含义', '处理'], stuck('person', told))}

## 自动继续的

间隔越来越长地重试，或等的东西到了就继续。只有一直不好时才需要做什么。

${table(['代码', '含义', '一直不好时'], stuck('itself', told))}

## 丢弃或了结的

这些都不需要人处理。消息或副本的 \`error_code\` 说明原因。

${table(['代码', '原因'], stuck('nobody', told))}

## 健康状况

\`GET /v1/health\` 的发现。花括号里的内容会被填上。

${table(['代码', '', '情况', '处理'], health)}

## doctor

\`lianhub doctor\` 的发现。有错误时以 2 结束，只有警告时以 1 结束。

${table(['代码', '', '含义', '处理'], doctor)}
`;
}
