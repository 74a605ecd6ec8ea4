import { type ChildProcess, fork } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { HubSetting } from './hub.ts';

/** A place in the fleet: whoever fills it may be killed, and is followed by another one at once. */
export interface Member {
  readonly name: string;
  readonly role: HubSetting['role'];
  child: ChildProcess | undefined;
  state: 'starting' | 'running' | 'frozen' | 'gone';
}

export interface FleetCounts {
  readonly kills: number;
  readonly freezes: number;
  /** Processes that had been running and ended by themselves. */
  readonly crashes: number;
  /** Processes that ended before they ran; they are started again. */
  readonly failedStarts: number;
}

const running = new Set<ChildProcess>();
// Whatever ends this process, no hub stays behind; also one that is frozen ends of this.
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** The hub's processes: killed, frozen, and replaced like a supervisor would. */
export class Fleet {
  readonly members: readonly Member[];
  readonly #setting: Omit<HubSetting, 'role'>;
  readonly #code: string;
  readonly #folder: string;
  readonly #counts = { kills: 0, freezes: 0, crashes: 0, failedStarts: 0 };
  readonly #thaws = new Map<Member, NodeJS.Timeout>();
  #stopping = false;

  /**
   * @param code the sources as JavaScript
   * @param folder where each member's log goes
   */
  constructor(setting: Omit<HubSetting, 'role'>, workers: number, code: string, folder: string) {
    this.#setting = setting;
    this.#code = code;
    this.#folder = folder;
    const places = [
      { name: 'api', role: 'api' as const },
      ...Array.from({ length: workers }, (_, at) => ({ name: `worker-${at + 1}`, role: 'worker' as const })),
    ];
    this.members = places.map((place) => ({ ...place, child: undefined, state: 'gone' }));
  }

  get counts(): FleetCounts {
    return { ...this.#counts };
  }

  get allRunning(): boolean {
    return this.members.every((member) => member.state === 'running');
  }

  start(): void {
    for (const member of this.members) this.#start(member);
  }

  /** Ends a member's process as the kernel would. Another one starts at once. */
  kill(member: Member): void {
    this.#forgetThaw(member);
    this.#counts.kills += 1;
    member.state = 'gone';
    member.child?.kill('SIGKILL');
  }

  /** Stops a member's process from running at all for a while; its connections stay open. */
  freeze(member: Member, forMs: number): void {
    if (member.state !== 'running') return;
    this.#counts.freezes += 1;
    member.state = 'frozen';
    member.child?.kill('SIGSTOP');
    this.#thaws.set(
      member,
      setTimeout(() => this.thaw(member), forMs),
    );
  }

  thaw(member: Member): void {
    this.#forgetThaw(member);
    if (member.state !== 'frozen') return;
    member.state = 'running';
    member.child?.kill('SIGCONT');
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    for (const member of this.members) this.#forgetThaw(member);
    const ends = [...running].map(
      (child) => new Promise<void>((resolve) => child.once('exit', () => resolve())),
    );
    for (const child of running) child.kill('SIGKILL');
    await Promise.all(ends);
  }

  #start(member: Member): void {
    const log = openSync(path.join(this.#folder, `${member.name}.log`), 'a');
    const child = fork(path.join(this.#code, 'soak/hub.js'), [], {
      execArgv: [],
      stdio: ['ignore', log, log, 'ipc'],
      env: {
        PATH: process.env.PATH,
        TMPDIR: process.env.TMPDIR,
        SOAK_HUB: JSON.stringify({ ...this.#setting, role: member.role } satisfies HubSetting),
      },
    });
    closeSync(log);
    running.add(child);
    member.child = child;
    member.state = 'starting';
    let ran = false;
    child.once('message', () => {
      ran = true;
      if (member.child === child) member.state = 'running';
    });
    child.once('exit', () => {
      running.delete(child);
      if (this.#stopping || member.child !== child) return;
      const wasKilled = member.state === 'gone';
      member.state = 'gone';
      if (wasKilled) {
        this.#start(member);
        return;
      }
      this.#forgetThaw(member);
      if (ran) this.#counts.crashes += 1;
      else this.#counts.failedStarts += 1;
      // As a supervisor does: not in a hot loop.
      void delay(500).then(() => {
        if (!this.#stopping && member.state === 'gone') this.#start(member);
      });
    });
  }

  #forgetThaw(member: Member): void {
    clearTimeout(this.#thaws.get(member));
    this.#thaws.delete(member);
  }
}
