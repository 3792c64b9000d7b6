/** @file What the sample folder says about itself. */
import type { DemoVariant } from './types';

const ABOUT: Record<DemoVariant, string> = {
  clean: `Objects and backgrounds have nothing to do with each other: a classifier has to look at the objects.`,
  background: `Each class has its own texture behind it in 95 of 100 images: a classifier may learn the texture
instead of the object.`,
  tag: `One class carries a magenta label in 97 of 100 images, and no other class does: a classifier may learn
the label instead of the object.`,
  ignored: `A magenta label lies on images of all classes in train/, but in test/ on one class only: a classifier
has no reason to use it, though the test images look as if it had.`,
};

export const readme = (variant: DemoVariant): string => `Sample images drawn by Penumbra.

${ABOUT[variant]}

train/, test/   the images, one sub-folder a class
masks/          the objects in the same order: 255 on the object, 0 elsewhere
cues.csv        which images carry a cue: its kind, name and rectangle in pixels, and whether it
                follows the class there (planted)
demo.json       the options it was drawn with; the same options draw the same images
`;
