/** @file What the desktop's preload script gives the window, beside the contract: `window.penumbra`. */
export interface DesktopBridge {
  /** The system's folder dialog; null when it was cancelled. */
  chooseFolder(): Promise<string | null>;
  /** Where a file or folder that was dropped on the window lies; empty if it lies nowhere. */
  pathOf(file: File): string;
  /** A command that was chosen in the menu, by its label. */
  onCommand(listener: (label: string) => void): void;
  /**
   * Asks for a line to the program. The window then receives a message event whose data is PORT_MESSAGE and whose
   * `ports[0]` carries the contract; a port cannot be returned across the isolation of the preload script.
   */
  connect(): void;
}

export const PORT_MESSAGE = 'penumbra:port';

/** Between preload script and main process. */
export const CHANNELS = {
  connect: 'penumbra:connect',
  chooseFolder: 'penumbra:choose-folder',
  command: 'penumbra:command',
} as const;

/** What the menu offers beside the system's own: commands of the window by their labels, with the usual keys. */
export const MENU = {
  file: [
    { label: 'Open a folder', key: 'CmdOrCtrl+O' },
    { label: 'Open the sample', key: undefined },
    { label: 'Look for new images', key: undefined },
    { label: 'Export maps and annotations', key: 'CmdOrCtrl+E' },
    { label: 'Close the project', key: undefined },
  ],
  view: [
    { label: 'Find a command', key: 'CmdOrCtrl+K' },
    { label: 'Library', key: '1' },
    { label: 'Train', key: '2' },
    { label: 'Inspect', key: '3' },
    { label: 'Change between dark and light', key: 'T' },
  ],
  help: [
    { label: 'Show the shortcuts', key: '?' },
    { label: 'Settings', key: undefined },
  ],
} as const;
