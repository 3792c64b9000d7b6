/** @file What the desktop's preload script gives the window, beside the contract: `window.penumbra`. */
export interface DesktopBridge {
  /** The system's folder dialog; null when it was cancelled. */
  chooseFolder(): Promise<string | null>;
  /** Where a file or folder that was dropped on the window lies; empty if it lies nowhere. */
  pathOf(file: File): string;
  /**
   * Asks for a line to the program. The window then receives a message event whose data is PORT_MESSAGE and whose
   * `ports[0]` carries the contract; a port cannot be returned across the isolation of the preload script.
   */
  connect(): void;
}

export const PORT_MESSAGE = 'penumbra:port';

/** Between preload script and main process. */
export const CHANNELS = { connect: 'penumbra:connect', chooseFolder: 'penumbra:choose-folder' } as const;
