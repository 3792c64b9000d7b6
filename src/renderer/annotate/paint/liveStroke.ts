/** @file The stroke that is being painted: only its newest part is drawn, once for all panes. */
import type { Placement, Size } from '../../drawing/placement';
import type { Draft } from '../tools/tool';
import { pathOf } from './paths';
import { type Colours, colourOf, FILL } from './style';

type Stroke = Extract<Draft, { kind: 'stroke' }>;

export class LiveStroke {
  readonly #canvas = new OffscreenCanvas(1, 1);
  #points: Stroke['points'] | null = null;
  #drawn = 0;
  #ground = '';

  /** @param placement in device pixels, as the pane */
  draw(
    context: CanvasRenderingContext2D,
    stroke: Stroke,
    placement: Placement,
    pane: Size,
    colours: Colours,
  ): void {
    const live = this.#canvas.getContext('2d')!;
    const { scale, left, top } = placement;
    const ids = stroke.onto.map(({ id }) => id).join();
    const ground = `${scale} ${left} ${top} ${pane.width} ${pane.height} ${stroke.erase} ${ids}`;
    if (stroke.points !== this.#points || ground !== this.#ground) {
      this.#points = stroke.points;
      this.#ground = ground;
      this.#drawn = 0;
      this.#canvas.width = pane.width;
      this.#canvas.height = pane.height;
      live.setTransform(scale, 0, 0, scale, left, top);
      for (const { label, geometry } of stroke.onto) {
        live.fillStyle = colourOf(colours, label);
        live.fill(pathOf(geometry), 'evenodd');
      }
    }
    this.#goOn(live, stroke, colourOf(colours, stroke.label));
    context.globalAlpha = FILL;
    context.drawImage(this.#canvas, 0, 0);
    context.globalAlpha = 1;
  }

  #goOn(live: OffscreenCanvasRenderingContext2D, { points, radius, erase }: Stroke, colour: string): void {
    if (this.#drawn === points.length) return;
    live.globalCompositeOperation = erase ? 'destination-out' : 'source-over';
    live.lineCap = 'round';
    live.lineJoin = 'round';
    live.lineWidth = 2 * radius;
    live.strokeStyle = colour;
    live.beginPath();
    const first = points[Math.max(this.#drawn - 1, 0)]!;
    live.moveTo(first.x, first.y);
    for (const { x, y } of points.slice(this.#drawn)) live.lineTo(x, y);
    live.stroke();
    live.globalCompositeOperation = 'source-over';
    this.#drawn = points.length;
  }
}
