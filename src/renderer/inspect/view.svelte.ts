/** @file What part of the image all panes show: one zoom and one centre for them together. */

const LARGEST = 64;

class View {
  /** Of one pane, in CSS pixels. */
  pane = $state({ width: 0, height: 0 });
  /** Of the image, in its own pixels. */
  image = $state({ width: 1, height: 1 });
  /** 1 fits the image into the pane. */
  zoom = $state(1);
  /** The point of the image in the middle of the pane, in [0, 1]. */
  centre = $state({ u: 0.5, v: 0.5 });

  readonly fitted = $derived.by(() => {
    const { width, height } = this.pane;
    const scale = Math.max(
      Math.min((width - 16) / this.image.width, (height - 16) / this.image.height),
      0.001,
    );
    return { scale, width: this.image.width * scale, height: this.image.height * scale };
  });
  /** Where the image lies in the pane. */
  readonly box = $derived({
    left: this.pane.width / 2 - this.centre.u * this.fitted.width * this.zoom,
    top: this.pane.height / 2 - this.centre.v * this.fitted.height * this.zoom,
    width: this.fitted.width * this.zoom,
    height: this.fitted.height * this.zoom,
  });
  /** Screen pixels for one pixel of the image. */
  readonly magnification = $derived(this.fitted.scale * this.zoom * window.devicePixelRatio);

  /** @param x of the pane, in CSS pixels @returns the point of the image, in [0, 1] where it is inside */
  pointAt(x: number, y: number): { u: number; v: number } {
    return { u: (x - this.box.left) / this.box.width, v: (y - this.box.top) / this.box.height };
  }

  /** Nearer or farther; the point under (x, y) stays where it is. */
  zoomBy(factor: number, x = this.pane.width / 2, y = this.pane.height / 2): void {
    const { u, v } = this.pointAt(x, y);
    this.zoom = Math.min(Math.max(this.zoom * factor, 1), LARGEST);
    this.centre = {
      u: u - (x - this.pane.width / 2) / this.box.width,
      v: v - (y - this.pane.height / 2) / this.box.height,
    };
    this.#stay();
  }

  panBy(dx: number, dy: number): void {
    this.centre = { u: this.centre.u - dx / this.box.width, v: this.centre.v - dy / this.box.height };
    this.#stay();
  }

  fit(): void {
    this.zoom = 1;
    this.centre = { u: 0.5, v: 0.5 };
  }

  /** One pixel of the image on one of the screen, or as near as fits. */
  actualSize(): void {
    this.zoomBy(1 / this.magnification);
  }

  /** No side of the image comes further in than the edge of the pane, and a side that fits stays in the middle. */
  #stay(): void {
    const within = (centre: number, size: number, pane: number) => {
      const reach = Math.max(size - pane, 0) / (2 * size);
      return Math.min(Math.max(centre, 0.5 - reach), 0.5 + reach);
    };
    this.centre = {
      u: within(this.centre.u, this.box.width, this.pane.width),
      v: within(this.centre.v, this.box.height, this.pane.height),
    };
  }
}

export const view = new View();
