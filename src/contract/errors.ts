/**
 * Every error a person can meet, in one place: a stable code and what it means. The sentence shown is written where
 * the error happens, because only there is it known what to do about it.
 */
export const ERROR_CODES = {
  FOLDER_MISSING: 'The folder does not exist or is not a folder.',
  FOLDER_UNREADABLE: 'The folder cannot be read.',
  FOLDER_NOT_EMPTY: 'The output folder holds files that would be mixed with ours.',
  NO_IMAGES: 'The folder holds no image that can be read.',
  IMAGE_UNREADABLE: 'An image file cannot be decoded.',
  IMAGE_TOO_LARGE: 'An image has more pixels than the program accepts.',
  IMAGE_CHANGED: 'The file is not the one that was scanned: its content has changed.',
  IMAGE_UNKNOWN: 'No image with this id is in the project.',
  PROJECT_MISSING: 'The project file does not exist.',
  PROJECT_NOT_OPEN: 'The call needs an open project.',
  PROJECT_UNREADABLE: 'The file is not a Penumbra project, or it is damaged.',
  PROJECT_NEWER: 'The project was written by a newer version of the program.',
  PROJECT_BUSY: 'Another process has the project open.',
  DISK_FULL: 'There is no space left on the disk.',
  NOT_WRITABLE: 'A file or folder cannot be written.',
  ENCODER_UNKNOWN: 'No encoder with this name is in the project, and no such file exists.',
  ENCODER_UNREADABLE: 'The encoder file cannot be read or is damaged.',
  ENCODER_UNSUPPORTED: 'The encoder uses operations the program cannot run or differentiate.',
  DIGITS_MISSING: 'The handwritten digits that an experiment reads are not installed.',
  DOWNLOAD_FAILED: 'A file of the catalogue could not be downloaded, or is not the one it should be.',
  TOO_FEW_IMAGES: 'There are too few images to train on.',
  NO_CLASSES: 'A report compares classes, and the images are in fewer than two.',
  REPORT_UNKNOWN: 'No report with this id is in the project.',
  RUN_UNKNOWN: 'No run with this id is in the project.',
  RUN_NOT_RESUMABLE: 'The run has ended, or nothing of it was kept to go on from.',
  NO_TRAINED_MASK: 'No mask model has been trained in this project yet.',
  NO_ANNOTATIONS: 'Nothing has been drawn on the chosen images yet.',
  DEVICE_UNAVAILABLE: 'The requested device cannot be used on this machine.',
  ENGINE_FAILED: 'The compute engine failed.',
  WORKER_DIED: 'The training process ended unexpectedly.',
  TRAINING_DIVERGED: 'Training produced numbers that are not finite.',
  FORMAT_UNKNOWN: 'No export format of that name exists.',
  INVALID_INPUT: 'A value is missing, of the wrong kind or out of range.',
  STOPPED: 'The work was stopped on request.',
  UNAUTHORISED: 'The token is missing or wrong.',
  INTERNAL: 'An unexpected fault of the program itself.',
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;

/** An error meant for people: `message` is one clear sentence saying what is wrong and what to do. */
export class PenumbraError extends Error {
  override readonly name = 'PenumbraError';
  constructor(
    readonly code: ErrorCode,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}

/** The code and sentence of anything that was thrown. */
export function describeError(error: unknown): { code: ErrorCode; message: string } {
  if (error instanceof PenumbraError) return { code: error.code, message: error.message };
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'INTERNAL', message };
}
