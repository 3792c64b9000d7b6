/** Whether an engine can be used here, and one sentence saying why or why not. */
export interface Probe {
  available: boolean;
  /** False for a device that works but is no faster than the processor: "auto" passes over it. True if left out. */
  worthwhile?: boolean;
  why: string;
}
