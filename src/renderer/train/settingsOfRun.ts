/** @file A run's configuration as lines to read and to compare. */
import type { RunSummary } from '../../contract/types';

const WORDS: Record<string, string> = {
  preset: 'Preset',
  seed: 'Seed',
  device: 'Device',
  split: 'Trained on',
  images: 'Images',
  dataHash: 'Content of the images',
  'training.size': 'Size, px',
  'training.batch': 'Images in a batch',
  'training.steps': 'Steps',
  'training.epochs': 'Epochs',
  'training.learningRate': 'Learning rate',
  'training.sigmaMin': 'Least noise',
  'training.sigmaMax': 'Most noise',
  'training.objective': 'Objective',
  'training.temperature': 'Temperature',
  'training.budgetRange': 'Budgets',
  'training.model': 'Mask model',
  'training.channels': 'Channels',
  'training.outputStride': 'Pixels to a map value',
  'training.softPenalty': 'Soft penalty',
  'training.noise': 'Noise in training',
  'training.width': 'Width',
  'training.heldOut': 'Held out',
};
/** Said elsewhere, or of use to the program alone. */
const LEFT_OUT = ['versions', 'fingerprint', 'name', 'training.seed', 'previews'];

export interface SettingLine {
  key: string;
  label: string;
  value: string;
}

export function settingsOf({ config, engine, encoderId, mask, kind }: RunSummary): SettingLine[] {
  const lines = Object.entries(flat(config)).flatMap(([key, value]) =>
    LEFT_OUT.includes(key.split('.')[0]!) || LEFT_OUT.includes(key)
      ? []
      : [{ key, label: WORDS[key] ?? key, value }],
  );
  return [
    { key: 'kind', label: 'Kind', value: mask ? `${kind}, ${mask}` : kind },
    { key: 'encoderId', label: 'Encoder', value: encoderId === null ? '–' : String(encoderId) },
    { key: 'engine', label: 'Computed with', value: engine ?? '–' },
    ...lines,
  ];
}

/** Settings of two runs side by side, those that differ first. */
export function compareSettings(a: RunSummary, b: RunSummary) {
  const [left, right] = [a, b].map((run) => new Map(settingsOf(run).map((line) => [line.key, line])));
  const keys = [...new Set([...left!.keys(), ...right!.keys()])];
  return keys
    .map((key) => {
      const [one, two] = [left!.get(key), right!.get(key)];
      const values = [one?.value ?? '–', two?.value ?? '–'] as const;
      return { key, label: (one ?? two)!.label, values, differs: values[0] !== values[1] };
    })
    .toSorted((one, two) => Number(two.differs) - Number(one.differs));
}

function flat(value: unknown, path = ''): Record<string, string> {
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    return { [path]: shown(value, path) };
  return Object.assign(
    {},
    ...Object.entries(value).map(([key, inner]) => flat(inner, path ? `${path}.${key}` : key)),
  ) as Record<string, string>;
}

function shown(value: unknown, path: string): string {
  if (value === null || value === undefined) return path === 'split' ? 'all images' : '–';
  if (Array.isArray(value)) return value.join(path.endsWith('budgetRange') ? ' to ' : ', ');
  return path === 'dataHash' ? String(value).slice(0, 12) : String(value);
}
