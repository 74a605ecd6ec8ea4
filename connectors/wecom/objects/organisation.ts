/** Departments and their members (通讯录), read with the contacts secret where one is given. */
import { z } from 'zod';
import { fail, type Json, type JsonObject, type ObjectOperations } from '../../kit/index.ts';
import { badCursor, type Desk, objectsOf, textOf } from '../desk.ts';
import { fetchOneByOne } from './fetching.ts';

export function departmentOperations(desk: Desk): ObjectOperations {
  return {
    async list({ signal }) {
      const items = (await departments(desk, signal)).map((body) => ({
        object: 'department',
        remoteId: textOf(body.id),
        body,
      }));
      return { items, cursor: {}, more: false };
    },
    fetch: (request) =>
      fetchOneByOne(desk, request, async (id, signal) => {
        const answer = await desk.client.call({
          operation: 'department/get',
          as: 'contacts',
          query: { id },
          write: false,
          signal,
        });
        return objectsOf([answer.department ?? null]).map(departmentBody)[0];
      }),
  };
}

const place = z.strictObject({ after: z.string().optional() });

/** Members department by department; who is in two is told twice, word for word. */
export function userOperations(desk: Desk): ObjectOperations {
  return {
    async list({ cursor, signal }) {
      const at = place.safeParse(cursor ?? {});
      if (!at.success) return fail(badCursor, at.error);
      const { after } = at.data;
      const ids = (await departments(desk, signal)).map((one) => Number(textOf(one.id)));
      const open = ids.sort((a, b) => a - b).filter((id) => after === undefined || id > Number(after));
      const [department] = open;
      if (department === undefined) return { items: [], cursor: {}, more: false };
      const answer = await desk.client.call({
        operation: 'user/list',
        as: 'contacts',
        query: { department_id: String(department) },
        write: false,
        signal,
      });
      const items = objectsOf(answer.userlist)
        .filter((user) => textOf(user.userid) !== '')
        .map((user) => ({ object: 'user', remoteId: textOf(user.userid), body: userBody(user) }));
      const more = open.length > 1;
      return { items, cursor: more ? { after: String(department) } : {}, more };
    },
    fetch: (request) =>
      fetchOneByOne(desk, request, async (userid, signal) => {
        const {
          errcode: _code,
          errmsg: _text,
          ...user
        } = await desk.client.call({
          operation: 'user/get',
          as: 'contacts',
          query: { userid },
          write: false,
          signal,
        });
        return textOf(user.userid) === '' ? undefined : userBody(user);
      }),
  };
}

async function departments(desk: Desk, signal: AbortSignal): Promise<JsonObject[]> {
  const answer = await desk.client.call({
    operation: 'department/list',
    as: 'contacts',
    write: false,
    signal,
  });
  return objectsOf(answer.department)
    .map(departmentBody)
    .filter((one) => one.id !== '');
}

/** Ids of departments are whole numbers on the wire and text here, as all ids are. */
function departmentBody(department: JsonObject): JsonObject {
  const { parentid } = department;
  return {
    ...department,
    id: textOf(department.id),
    ...(parentid === undefined ? {} : { parentid: textOf(parentid) }),
  };
}

function userBody(user: JsonObject): JsonObject {
  const { department, main_department } = user;
  const ids: readonly Json[] = Array.isArray(department) ? department : [];
  return {
    ...user,
    ...(department === undefined ? {} : { department: ids.map((id) => textOf(id)) }),
    ...(main_department === undefined ? {} : { main_department: textOf(main_department) }),
  };
}
