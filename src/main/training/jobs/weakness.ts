/**
 * What has to be said of a classifier that cannot be relied on.
 * @param what what people call it @param clean its accuracy @param held how many images that was measured on; 0: on those it learned from
 */
export function weakness(what: string, clean: number, held: number, classes: number): string[] {
  const warnings: string[] = [];
  if (held === 0)
    warnings.push(
      'There were too few images to hold some back: the accuracy is that on the training images.',
    );
  // Half way between guessing and always being right.
  if (clean < 0.5 + 0.5 / classes)
    warnings.push(
      `The ${what} is right on only ${Math.round(clean * 100)} % of the images it was not trained on: its maps show what a weak model looks at. More images or a finer preset may help.`,
    );
  return warnings;
}
