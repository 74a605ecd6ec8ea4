/** Words that sentences are filled with, in Chinese: by the name of the value, since one word may mean several things. */
export const words: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  state: {
    // Of copies, messages and dead letters
    idle: '已同步',
    due: '待处理',
    waiting: '等待中',
    unknown: '结果未知',
    parked: '已搁置',
    dead: '死信',
    done: '已完成',
    dropped: '已丢弃',
    // Of jobs, backfills, rules and requests
    running: '进行中',
    failed: '已失败',
    cancelled: '已取消',
    skipped: '已跳过',
    asked: '待答复',
    accepted: '已接受',
    refused: '已拒绝',
    withdrawn: '已撤回',
    overtaken: '已被超过',
    closed: '已了结',
    // Of records
    live: '有效',
    placeholder: '占位',
    merged: '已合并',
    deleted: '已删除',
  },
  mode: { observe: '观察', shadow: '影子', live: '正式' },
  kind: {
    cancel: '取消',
    hold: '暂停',
    release: '放行',
    changeAddress: '改地址',
    agreeRefund: '同意退款',
  },
};
