/** @file What part of the image all panes show: one zoom and one centre for them together. */
import {
  FITTED,
  fittedScale,
  type ImagePoint,
  type Look,
  type PanePoint,
  panePoint,
  panned,
  placementOf,
  toImage,
  toPane,
  zoomed,
} from '../drawing/placement';

class View {
  /** Of one pane, in CSS pixels; all are of one size. */
  pane = $state.raw({ width: 0, height: 0 });
  /** Of the image, in its own pixels. */
  image = $state.raw({ width: 1, height: 1 });
  #look = $state.raw<Look>(FITTED);
  /** From pixels of the image to CSS pixels of any pane. */
  readonly placement = $derived(placementOf(this.#look, this.image, this.pane));
  /** Size of the image as it lies in the pane when all of it is to be seen, in CSS pixels. */
  readonly fitted = $derived.by(() => {
    const scale = fittedScale(this.image, this.pane);
    return { width: this.image.width * scale, height: this.image.height * scale };
  });
  /** Device pixels for one pixel of the image. */
  readonly magnification = $derived(this.placement.scale * window.devicePixelRatio);

  toImage(point: PanePoint): ImagePoint {
    return toImage(this.placement, point);
  }

  toPane(point: ImagePoint): PanePoint {
    return toPane(this.placement, point);
  }

  /** Nearer or farther; the point under `at` stays where it is. */
  zoomBy(factor: number, at = panePoint(this.pane.width / 2, this.pane.height / 2)): void {
    this.#look = zoomed(this.#look, factor, at, this.image, this.pane, 1 / window.devicePixelRatio);
  }

  /** @param dx, dy in CSS pixels */
  panBy(dx: number, dy: number): void {
    this.#look = panned(this.#look, dx, dy, this.image, this.pane);
  }

  fit(): void {
    this.#look = FITTED;
  }

  /** One pixel of the image on one of the screen. */
  actualSize(): void {
    this.zoomBy(1 / this.magnification);
  }
}

export const view = new View();
