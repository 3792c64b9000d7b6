import type { BudgetPoint } from '../../contract/types';
import { COLOURS, Panel } from '../charts/panel';
import { linearScale } from '../charts/scale';
import { svgDocument } from '../charts/svg';

const [LEFT, TOP, WIDTH, HEIGHT, GAP] = [64, 36, 360, 300, 70];

const CURVES = [
  { of: 'learned', text: 'where the positive mask puts it', colour: COLOURS.blue },
  { of: 'uniform', text: 'the same everywhere', colour: COLOURS.orange },
  { of: 'shuffled', text: 'where it belongs in another image', colour: COLOURS.green },
] as const;

/** Share of answers that stay against the budget of noise, with 95 % intervals as bands: a panel for each strength. */
export function budgetFigure(points: BudgetPoint[]): string {
  const strengths = [...new Set(points.map(({ sigmaMax }) => sigmaMax))];
  const panels = strengths.map((sigmaMax, i) =>
    strengthPanel(
      points.filter((point) => point.sigmaMax === sigmaMax),
      LEFT + i * (WIDTH + GAP),
      `Noise up to sigma ${sigmaMax}`,
    ),
  );
  panels[0]?.legend([...CURVES], 'bottom left');
  const width = LEFT + strengths.length * (WIDTH + GAP) - GAP + 24;
  const title = 'Answers that stay under learned, uniform and shuffled noise of equal entropy';
  return svgDocument(width, TOP + HEIGHT + 54, title, panels.map(({ markup }) => markup).join(''));
}

function strengthPanel(points: BudgetPoint[], left: number, title: string): Panel {
  const budgets = points.map(({ budget }) => budget);
  const x = linearScale([Math.min(...budgets), Math.max(...budgets)], [left + 8, left + WIDTH - 8]);
  const panel = new Panel(
    { left, top: TOP, width: WIDTH, height: HEIGHT },
    {
      title,
      x: { label: 'budget: mean noise fraction', scale: x },
      y: { label: 'share of answers that stay', scale: linearScale([0, 1.02], [TOP + HEIGHT, TOP]) },
    },
  );
  for (const { of, colour } of CURVES) {
    const bands = points.map((point) => ({ x: point.budget, values: [point[of].low, point[of].high] }));
    panel.band(bands, colour).line(
      points.map((point) => [point.budget, point[of].mean]),
      { colour, dots: true },
    );
  }
  return panel;
}
