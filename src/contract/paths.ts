import { z } from 'zod';

const utf8 = new TextEncoder();

/** A path that a file system could have: no part is longer than its names may be, and none holds a zero byte. */
export const filePath = z
  .string()
  .min(1)
  .max(4000)
  .refine(
    (path) => !path.includes('\0') && path.split(/[\\/]/).every((part) => utf8.encode(part).length <= 255),
    'No file or folder can have such a name.',
  );
