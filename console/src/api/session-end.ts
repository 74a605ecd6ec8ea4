import { HubProblem } from './problem.ts';

/** Whether the session has ended while somebody works: the shell asks to sign in again, over the page as it is. */
type Hear = () => void;

class SessionEnd {
  readonly #hearing = new Set<Hear>();
  #ended = false;

  /** Looks whether an error says that nobody is signed in. */
  heed(error: unknown): void {
    if (!(error instanceof HubProblem) || error.status !== 401) return;
    // A wrong password says nothing about a session.
    if (!error.code.startsWith('sign-in.')) this.#set(true);
  }

  /** Signed in again. */
  over(): void {
    this.#set(false);
  }

  readonly subscribe = (hear: Hear): Hear => {
    this.#hearing.add(hear);
    return () => this.#hearing.delete(hear);
  };

  readonly ended = (): boolean => this.#ended;

  #set(ended: boolean): void {
    if (this.#ended === ended) return;
    this.#ended = ended;
    for (const hear of this.#hearing) hear();
  }
}

export const sessionEnded = new SessionEnd();
