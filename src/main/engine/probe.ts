/** Whether an engine can be used here, and one sentence saying why or why not. */
export interface Probe {
  available: boolean;
  why: string;
}
