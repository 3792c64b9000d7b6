import { gallery } from '../../charts/gallery';
import { seriesChart } from '../../charts/series';
import { mean } from '../../noise/statistics';
import { fixed, seedsOf, spread } from '../numbers';
import type { Summary } from '../types';
import type { MnistReport } from './types';

/** In every seed below every seed of the other: what lies within the seeds' spread is level. */
const clearlyBelow = (ours: number[], other: number[]): boolean => Math.max(...ours) < Math.min(...other);

export function mnistSummary(report: MnistReport): Summary {
  const { rows, seeds, train, test, epochs, pictures } = report;
  const errorsOf = (key: string) => rows.find((row) => row.key === key)!.error;
  const errorOf = (key: string) => mean(errorsOf(key));
  const bestOf = (prefix: string) =>
    rows.filter(({ key }) => key.startsWith(prefix)).toSorted((a, b) => mean(a.error) - mean(b.error))[0]!;
  const learned = bestOf('learned');
  const gaussian = bestOf('gaussian');
  const denoising = bestOf('zeroing');
  const direction = learned.title.split(', ')[1];
  const below = (what: string, ours: number, other: number) =>
    `${fixed(ours, 2)} % (${direction}) against ${fixed(other, 2)} % (${what})`;
  return {
    tables: [
      {
        title: `Test error of a linear probe on clean digits, in percent: ${train} digits, ${epochs} epochs, ${test} test digits, ${seedsOf(seeds)}`,
        columns: ['features', 'here', 'paper'],
        rows: rows.map(({ title, error, paper }) => [
          title,
          spread(error, 2),
          paper === null ? '' : fixed(paper, 2),
        ]),
        note: 'Noise of the same sigma has the same entropy, learned or isotropic. The paper says neither how strong its noise is nor how its mask is trained: adversarial raises the reconstruction error, cooperative lowers it. Supervised is the network with a class head, trained as long.',
      },
    ],
    claims: [
      {
        paper:
          'Learned noise outperforms other methods (Table 2: 1.75 % against 7.90 % for a denoising autoencoder)',
        ours: below(denoising.title, mean(learned.error), mean(denoising.error)),
        holds: clearlyBelow(learned.error, denoising.error),
      },
      {
        paper: 'No such row; a fair table has isotropic noise of the same entropy',
        ours: below(gaussian.title, mean(learned.error), mean(gaussian.error)),
        holds: clearlyBelow(learned.error, gaussian.error),
      },
      {
        paper: 'No such row; an encoder that was never trained',
        ours: below('random encoder', mean(learned.error), errorOf('random')),
        holds: clearlyBelow(learned.error, errorsOf('random')),
      },
      {
        paper: 'Learned noise is as good as supervised training (1.75 % and 1.76 %)',
        ours: below('supervised', mean(learned.error), errorOf('supervised')),
        holds: mean(learned.error) < errorOf('supervised') + 0.2,
      },
    ],
    figures: {
      'mnist.svg': gallery('Digits as the autoencoders see them', pictures),
      'mnist-loss.svg': seriesChart(
        'Reconstruction error while training',
        rows
          .filter(({ curve, key }) => curve.length > 0 && key !== 'supervised')
          .map(({ title, curve }) => ({
            text: title,
            points: curve.map(({ step, loss }) => ({ x: step, values: [loss] })),
          })),
        { x: { label: 'step' }, y: { label: 'cross entropy a pixel, nats' } },
      ),
    },
  };
}
