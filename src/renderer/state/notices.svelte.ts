/** @file Messages that wait for the person, at the lower right: what happened and what to do. */
import { explain, type Fault } from '../rpc';

export interface Notice {
  id: number;
  fault: Fault;
}

class Notices {
  list = $state<Notice[]>([]);
  #next = 1;

  fail(error: unknown): void {
    const fault = explain(error);
    // Every screen that asks is one of an open project: it was closed before the answer came.
    if (fault.code !== 'PROJECT_NOT_OPEN') this.tell(fault);
  }

  tell(fault: Fault): void {
    // The same fault twice is one message.
    if (this.list.some((notice) => notice.fault.message === fault.message)) return;
    this.list.push({ id: this.#next++, fault });
  }

  /** What has been put right, or belongs to a project that is closed. */
  forget(code?: Fault['code']): void {
    this.list = code ? this.list.filter((notice) => notice.fault.code !== code) : [];
  }

  dismiss(id: number): void {
    this.list = this.list.filter((notice) => notice.id !== id);
  }
}

export const notices = new Notices();

/** For calls whose failure only has to be told. */
export async function attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    notices.fail(error);
    return undefined;
  }
}
