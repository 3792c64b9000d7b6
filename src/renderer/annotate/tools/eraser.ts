import Eraser from '@lucide/svelte/icons/eraser';
import { Painter } from './painter';

export const eraser = new Painter(
  {
    id: 'eraser',
    label: 'Eraser',
    key: 'e',
    hint: 'From the selected regions, or from every painted one if none is selected. Shift erases straight, Alt paints.',
    icon: Eraser,
  },
  true,
);
