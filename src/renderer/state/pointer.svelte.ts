/** @file What is under the pointer, for the status bar. */
class Pointer {
  text = $state('');
}

export const pointer = new Pointer();
