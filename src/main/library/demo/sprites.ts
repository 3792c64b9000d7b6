/**
 * @file The objects: one drawing a class in a 100 x 100 box, in colours derived from one hue, so that shape and not
 * colour says what it is.
 */
import { css, oklch } from './types';

interface Paint {
  base: string;
  dark: string;
  light: string;
  accent: string;
  ink: string;
}

export function paintOf(hue: number): Paint {
  return {
    base: css(oklch(hue, 0.16, 0.7)),
    dark: css(oklch(hue, 0.12, 0.48)),
    light: css(oklch(hue + 0.02, 0.075, 0.88)),
    accent: css(oklch(hue + 0.45, 0.13, 0.78)),
    ink: css(oklch(hue, 0.045, 0.24)),
  };
}

const outlined = (paint: Paint, width = 3) =>
  `stroke="${paint.ink}" stroke-width="${width}" stroke-linejoin="round" stroke-linecap="round"`;

const fish = (p: Paint) => `
  <path d="M66 50 L95 24 Q86 50 95 76 Z" fill="${p.dark}" ${outlined(p)}/>
  <path d="M34 30 Q52 4 66 30 Z M40 68 Q50 88 62 66 Z" fill="${p.accent}" ${outlined(p)}/>
  <path d="M6 52 C18 22 58 18 76 50 C58 82 18 80 6 52 Z" fill="${p.base}" ${outlined(p)}/>
  <path d="M12 56 C26 74 52 76 68 57 C48 66 28 66 12 56 Z" fill="${p.light}"/>
  <path d="M38 28 Q48 50 38 74 M52 28 Q60 50 52 73" fill="none" stroke="${p.dark}" stroke-width="5"/>
  <circle cx="22" cy="45" r="7" fill="white" ${outlined(p, 2)}/><circle cx="21" cy="45" r="3.2" fill="${p.ink}"/>`;

const mushroom = (p: Paint) => `
  <path d="M38 52 C41 66 37 78 32 92 Q50 99 68 92 C63 78 59 66 62 52 Z" fill="${p.light}" ${outlined(p)}/>
  <path d="M58 58 C56 70 60 82 62 92 Q65 93 68 92 C63 78 59 66 62 52 Z" fill="${p.accent}" opacity="0.55"/>
  <path d="M5 55 C7 8 93 8 95 55 C76 66 24 66 5 55 Z" fill="${p.base}" ${outlined(p)}/>
  <path d="M13 56 C34 63 66 63 87 56 C70 52 30 52 13 56 Z" fill="${p.dark}"/>
  <g fill="white" opacity="0.92"><circle cx="33" cy="34" r="8"/><circle cx="57" cy="26" r="6"/><circle cx="71" cy="42" r="7"/><circle cx="18" cy="47" r="4"/><circle cx="50" cy="46" r="5"/></g>`;

const rocket = (p: Paint) => `
  <path d="M40 78 Q50 112 60 78 Z" fill="#ffb52e" ${outlined(p, 2)}/><path d="M45 78 Q50 96 55 78 Z" fill="#fff3b0"/>
  <path d="M33 52 L14 74 L18 90 L38 76 Z M67 52 L86 74 L82 90 L62 76 Z" fill="${p.accent}" ${outlined(p)}/>
  <path d="M50 2 C68 20 72 50 64 80 L36 80 C28 50 32 20 50 2 Z" fill="${p.light}" ${outlined(p)}/>
  <path d="M50 2 C60 12 65 22 67 32 L33 32 C35 22 40 12 50 2 Z" fill="${p.base}" ${outlined(p)}/>
  <path d="M35 68 L65 68 L64 80 L36 80 Z" fill="${p.dark}"/>
  <circle cx="50" cy="48" r="9.5" fill="#bfe6ff" ${outlined(p)}/><path d="M44 46 Q48 40 54 42" fill="none" stroke="white" stroke-width="3"/>`;

const key = (p: Paint) => `
  <path d="M44 40 L56 40 L56 60 L70 60 L70 69 L56 69 L56 76 L74 76 L74 86 L56 86 L56 97 L44 97 Z" fill="${p.base}" ${outlined(p)}/>
  <path d="M50 42 L50 95" stroke="${p.light}" stroke-width="3"/>
  <path fill-rule="evenodd" d="M50 3 a24 22 0 1 0 0.01 0 Z M50 15 a11 10 0 1 1 -0.01 0 Z" fill="${p.base}" ${outlined(p)}/>
  <path d="M33 20 Q37 8 50 8" fill="none" stroke="${p.light}" stroke-width="4"/>
  <path d="M40 44 L60 44" stroke="${p.dark}" stroke-width="6"/>`;

const cup = (p: Paint) => `
  <path d="M68 42 C98 38 98 76 66 72" fill="none" stroke="${p.ink}" stroke-width="13"/>
  <path d="M68 42 C98 38 98 76 66 72" fill="none" stroke="${p.dark}" stroke-width="7"/>
  <path d="M8 32 L74 32 C74 66 68 88 60 94 L22 94 C14 88 8 66 8 32 Z" fill="${p.base}" ${outlined(p)}/>
  <path d="M9 48 L73 48 L72 60 L10 60 Z" fill="${p.accent}"/>
  <path d="M16 38 Q17 70 26 88" fill="none" stroke="${p.light}" stroke-width="6" stroke-linecap="round"/>
  <ellipse cx="41" cy="32" rx="33" ry="8" fill="${p.light}" ${outlined(p)}/><ellipse cx="41" cy="33" rx="26" ry="5" fill="#5a3820"/>
  <path d="M30 22 Q24 14 32 4 M48 22 Q42 14 50 4" fill="none" stroke="white" stroke-width="4" stroke-linecap="round" opacity="0.9"/>`;

/** Class name to drawing; the order is that of the classes. */
export const SPRITES: Record<string, (paint: Paint) => string> = { cup, fish, key, mushroom, rocket };
export const DEMO_CLASSES = Object.keys(SPRITES);
