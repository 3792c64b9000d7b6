import Contrast from '@lucide/svelte/icons/contrast';
import type { Desk, Tool, Touch } from './tool';

class Threshold implements Tool {
  readonly id = 'threshold';
  readonly label = 'Proposals';
  readonly key = 't';
  readonly hint =
    'Pieces of a map above a threshold. Click or Enter accepts, X trims, Delete rejects, ↑ ↓ go on.';
  readonly icon = Contrast;
  readonly cursor = 'pointer';

  press(desk: Desk, { at }: Touch): boolean {
    return desk.acceptAt(at);
  }

  move(): undefined {}

  lift(): void {}

  cancel(): boolean {
    return false;
  }
}

export const threshold: Tool = new Threshold();
