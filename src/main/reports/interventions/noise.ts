/**
 * @file How much of a class' answers stays under noise on the object, and under noise around it. The object is boxed: its
 * exact outline would tell the class by itself (docs/report.md).
 */
import { boxAround, maskOfBoxes } from '../boxes';
import type { Ask, Subject } from '../types';

/** In the encoder's normalised units: from noise it was trained on to noise that hides everything. */
export const NOISE_LEVELS = [0.5, 1, 2, 4];

/** Of one image: 1 where the answer is right. */
export interface Noised {
  id: number;
  label: number;
  /** One value a level. */
  object: number[];
  background: number[];
}

export async function noiseRegions(
  movable: { subject: Subject; object: Uint8Array }[],
  size: number,
  seed: number,
  ask: Ask,
): Promise<Noised[]> {
  const pictures = movable.flatMap(({ subject, object }) => {
    const box = boxAround(object, size);
    const inside = maskOfBoxes(box ? [box] : [], size);
    const outside = inside.map((value) => 1 - value);
    return [inside, outside].flatMap((where, k) =>
      NOISE_LEVELS.map((sigma, level) => ({
        pixels: subject.pixels,
        noise: { where, sigma, seed: seed * 1000 + subject.id * 8 + k * 4 + level },
      })),
    );
  });
  const answers = await ask(pictures);
  const count = NOISE_LEVELS.length;
  return movable.map(({ subject: { id, label } }, i) => {
    const right = (from: number) =>
      answers.slice(from, from + count).map((answer) => Number(answer.label === label));
    return { id, label, object: right(i * 2 * count), background: right((i * 2 + 1) * count) };
  });
}

/**
 * Relative foreground sensitivity (Moayeri et al. 2022): (a_bg - a_fg) / (2 min(mean, 1 - mean)), a_bg the accuracy under
 * noise around the object, a_fg under noise on it. From -1 (only the background matters) to 1 (only the object does).
 */
export function relativeForegroundSensitivity(background: number, object: number): number {
  const mean = (background + object) / 2;
  const room = 2 * Math.min(mean, 1 - mean);
  return room > 0 ? (background - object) / room : 0;
}
