/** Types of findElectron.js, for the tests. */
export declare function findElectron(options: {
  download: boolean;
}): { electron: string; version: string; binding: string } | { why: string };
