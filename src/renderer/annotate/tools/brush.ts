import Brush from '@lucide/svelte/icons/brush';
import { Painter } from './painter';

export const brush = new Painter(
  {
    id: 'brush',
    label: 'Brush',
    key: 'b',
    hint: 'Strokes go on in the selected region; Escape begins a new one. Shift draws straight, Alt erases.',
    icon: Brush,
  },
  false,
);
