import type { LabClaim } from '../../../contract/lab';
import { gallery } from '../../charts/gallery';
import { seriesChart } from '../../charts/series';
import { mean } from '../../noise/statistics';
import { fixed, seedsOf, spread } from '../numbers';
import type { Summary } from '../types';
import type { MnistReport, MnistRow } from './types';

/** In every seed below every seed of the other: what lies within the seeds' spread is level. */
const clearlyBelow = (ours: number[], other: number[]): boolean => Math.max(...ours) < Math.min(...other);

/** Of a row of noise, from its key: `gaussian 0.5`, `learned 0.5 with`. */
const sigmaOf = (key: string): string => key.split(' ')[1]!;

export function mnistSummary(report: MnistReport): Summary {
  const { rows, seeds, train, test, epochs, pictures } = report;
  const rowOf = (wanted: string) => rows.find(({ key }) => key === wanted)!;
  const bestOf = (prefix: string) =>
    rows.filter(({ key }) => key.startsWith(prefix)).toSorted((a, b) => mean(a.error) - mean(b.error))[0]!;
  const learned = bestOf('learned');
  const gaussian = bestOf('gaussian');
  const denoising = bestOf('zeroing');
  const supervised = rowOf('supervised');
  const errorOfRow = ({ key, title, error }: MnistRow) =>
    `${fixed(mean(error), 2)} % (${title.split(', ')[1]}, sigma ${sigmaOf(key)})`;
  const against = (paper: string, other: MnistRow, row = learned): LabClaim => ({
    paper,
    ours: `${errorOfRow(row)} against ${fixed(mean(other.error), 2)} % (${other.title})`,
    holds: clearlyBelow(row.error, other.error),
  });
  const besideItsEntropy = rows.flatMap((row) => {
    const other = rows.find(
      ({ key }) => row.key.startsWith('learned') && key === `gaussian ${sigmaOf(row.key)}`,
    );
    return other
      ? [against('No such row; a fair table has isotropic noise of the same entropy', other, row)]
      : [];
  });
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
      against(
        'Learned noise outperforms other methods (Table 2: 1.75 % against 7.90 % for a denoising autoencoder)',
        denoising,
      ),
      ...besideItsEntropy,
      against('No such row; isotropic noise of the best strength that was tried', gaussian),
      against('No such row; an encoder that was never trained', rowOf('random')),
      {
        ...against('Learned noise is as good as supervised training (1.75 % and 1.76 %)', supervised),
        holds: mean(learned.error) < mean(supervised.error) + 0.2,
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
